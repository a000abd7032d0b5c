import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Res,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CustomersService } from '../customers/customers.service.js';
import { RequestId } from '../graph/request-id.decorator.js';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { JsonBody } from '../http/json-body.js';
import { requestPipe } from '../http/validation.js';
import {
  epochRequest,
  epochSchema,
  erasureRequest,
  erasureSchema,
  type EpochRequest,
  type EpochResult,
  type ErasureRequest,
  type ErasureResult,
} from './erasure.schema.js';
import { PrivacyService } from './privacy.service.js';

/** What is held of a person: to have it, to have it gone, and not to be taken for the next owner of a number. */
@Controller('v1')
@UseGuards(ApiKeyGuard)
@UseInterceptors(JsonBody)
@UsePipes(requestPipe)
@ApiTags('privacy')
@ApiBearerAuth()
export class PrivacyController {
  constructor(
    @Inject(PrivacyService) private readonly privacy: PrivacyService,
    @Inject(CustomersService) private readonly customers: CustomersService,
  ) {}

  @Get('customers/:id/export')
  @ApiOperation({ summary: 'Everything that is held about a customer, one JSON object a line' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiProduces('application/x-ndjson')
  @ApiResponse({ status: 200, description: 'Lines of JSON' })
  async export(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    // Before the first line: afterwards the status cannot tell any more that there is no such customer.
    await this.customers.find(id);
    const lines = Readable.from(toLines(this.privacy.export(id)));
    await reply.headers({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }).send(lines);
  }

  @Post('customers/:id/erasure')
  @HttpCode(200)
  @ApiOperation({ summary: 'Erase a customer for good; a dry run only tells what it would reach' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'What it reached', standardSchema: erasureSchema })
  async erase(
    @Param('id') id: string,
    @Body({ schema: erasureRequest }) body: ErasureRequest,
    @RequestId() requestId: string,
  ): Promise<ErasureResult> {
    return await this.privacy.erase(id, body, requestId);
  }

  @Get('erasures/:id')
  @ApiOperation({ summary: 'What an erasure reached' })
  @ApiParam({ name: 'id', description: 'ers_…' })
  @ApiResponse({ status: 200, description: 'The erasure', standardSchema: erasureSchema })
  async erasure(@Param('id') id: string): Promise<ErasureResult> {
    return await this.privacy.erasure(id);
  }

  @Post('identities/:id/epochs')
  @HttpCode(200)
  @ApiOperation({ summary: 'A number or an address changed hands: whoever writes from then on is somebody new' })
  @ApiParam({ name: 'id', description: 'idn_…' })
  @ApiResponse({ status: 200, description: 'The end of the owner’s time', standardSchema: epochSchema })
  async endEpoch(@Param('id') id: string, @Body({ schema: epochRequest }) body: EpochRequest): Promise<EpochResult> {
    return await this.privacy.endEpoch(id, body);
  }
}

async function* toLines(objects: AsyncIterable<Record<string, unknown>>): AsyncGenerator<string> {
  for await (const object of objects) yield `${JSON.stringify(object)}\n`;
}
