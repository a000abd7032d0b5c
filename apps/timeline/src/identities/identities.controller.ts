import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MEDIA_STORE, type MediaStore } from '@app/media';
import { AvatarRepository } from '@app/persistence';
import { mediaReply } from '../entries/media-reply.js';
import { numberOf } from '../graph/ids.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { ProblemError } from '../http/problem.js';

/** `GET /v1/identities/<id>/avatar` */
@Controller('v1/identities')
@UseGuards(ApiKeyGuard)
@ApiTags('customers')
@ApiBearerAuth()
export class IdentitiesController {
  constructor(
    @Inject(AvatarRepository) private readonly avatars: AvatarRepository,
    @Inject(MEDIA_STORE) private readonly store: MediaStore,
  ) {}

  @Get(':id/avatar')
  @ApiOperation({ summary: 'Picture of a person, as their channel shows it' })
  @ApiParam({ name: 'id', description: 'idn_…' })
  @ApiProduces('image/*')
  @ApiResponse({ status: 200, description: 'Bytes of the picture' })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 304, description: 'As the reader has them (`If-None-Match`)' })
  @ApiResponse({ status: 416, description: 'A range beyond the end' })
  async avatar(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const picture = await this.avatars.of(numberOf('identity', id));
    const bytes = picture === undefined ? undefined : await this.store.get(picture.digest);
    // Noted before it is in the store, and gone from it before the note of an erased person may be seen to go.
    if (picture === undefined || bytes === undefined) throw new ProblemError('not-found');
    const { range, 'if-none-match': ifNoneMatch } = request.headers;
    const answer = mediaReply({ sha256: picture.digest, media_type: picture.mediaType }, bytes, { range, ifNoneMatch });
    await reply.code(answer.status).headers(answer.headers).send(answer.body);
  }
}
