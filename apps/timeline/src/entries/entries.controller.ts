import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { entrySchema, type Entry } from './entry.schema.js';
import { mediaReply } from './media-reply.js';
import { TimelineService } from './timeline.service.js';

/** Bytes from outside are never shown in place: a browser saves them and runs nothing. */
const SAFE = {
  'content-disposition': 'attachment',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/;

/** `GET /v1/entries/<id>`, its original bytes, and bytes kept by reference. */
@Controller('v1')
@UseGuards(ApiKeyGuard)
@ApiTags('entries')
@ApiBearerAuth()
export class EntriesController {
  constructor(@Inject(TimelineService) private readonly timelines: TimelineService) {}

  @Get('entries/:id')
  @ApiOperation({ summary: 'One entry' })
  @ApiParam({ name: 'id', description: 'ent_…' })
  @ApiResponse({ status: 200, description: 'The entry', standardSchema: entrySchema })
  async entry(@Param('id') id: string): Promise<Entry> {
    return await this.timelines.entry(id);
  }

  @Get('entries/:id/raw')
  @ApiOperation({ summary: 'The original bytes of an entry, where they were kept' })
  @ApiParam({ name: 'id', description: 'ent_…' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Bytes' })
  async raw(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { bytes } = await this.timelines.raw(id);
    await reply.headers({ ...SAFE, 'content-type': 'application/octet-stream' }).send(bytes);
  }

  @Get('entries/:id/media/:sha256')
  @ApiOperation({ summary: 'Bytes of an attachment whose state is `stored`; a range of them when asked' })
  @ApiParam({ name: 'id', description: 'ent_…' })
  @ApiParam({ name: 'sha256', description: 'As in the attachment' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Bytes, with the type of their content' })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'As the reader has them (`If-None-Match`)' })
  @ApiResponse({ status: 416, description: 'A range beyond the end' })
  async media(
    @Param('id') id: string,
    @Param('sha256') sha256: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { attachment, bytes } = await this.timelines.media(id, sha256);
    const { range, 'if-none-match': ifNoneMatch } = request.headers;
    const answer = mediaReply(attachment, bytes, { range, ifNoneMatch });
    await reply.code(answer.status).headers(answer.headers).send(answer.body);
  }

  @Get('blobs/:id')
  @ApiOperation({ summary: 'Bytes kept by reference, for example the HTML of a mail' })
  @ApiParam({ name: 'id', description: 'sha256:…' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Bytes' })
  async blob(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { bytes, media_type: type } = await this.timelines.blob(id);
    const mediaType = MEDIA_TYPE.test(type) ? type : 'application/octet-stream';
    await reply.headers({ ...SAFE, 'content-type': mediaType }).send(bytes);
  }
}
