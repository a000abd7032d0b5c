import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Put,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { JsonBody } from '../http/json-body.js';
import { requestPipe } from '../http/validation.js';
import { decisionSchema, type DecisionResult } from './decision.schema.js';
import { DistinctService } from './distinct.service.js';
import { distinctListSchema, type DistinctList } from './history.schema.js';
import { RequestId } from './request-id.decorator.js';
import { allowRequest, forbidRequest, type AllowRequest, type ForbidRequest } from './request.schema.js';

/** `/v1/customers/<id>/distinct-from`: two customers are never one person. */
@Controller('v1/customers/:id/distinct-from')
@UseGuards(ApiKeyGuard)
@UseInterceptors(JsonBody)
@UsePipes(requestPipe)
@ApiTags('identity')
@ApiBearerAuth()
@ApiParam({ name: 'id', description: 'cus_… or KH-…' })
export class DistinctController {
  constructor(@Inject(DistinctService) private readonly distinct: DistinctService) {}

  @Get()
  @ApiOperation({ summary: 'Customers that are never one person with this one' })
  @ApiResponse({ status: 200, description: 'The others', standardSchema: distinctListSchema })
  async list(@Param('id') id: string): Promise<DistinctList> {
    return await this.distinct.list(id);
  }

  @Put(':other')
  @ApiOperation({ summary: 'These two are never one person, whatever evidence comes' })
  @ApiParam({ name: 'other', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: decisionSchema })
  async forbid(
    @Param('id') id: string,
    @Param('other') other: string,
    @Body({ schema: forbidRequest }) body: ForbidRequest,
    @RequestId() requestId: string,
  ): Promise<DecisionResult> {
    return await this.distinct.forbid(id, other, body, requestId);
  }

  @Delete(':other')
  @ApiOperation({ summary: 'They may be one person after all; evidence that waited joins them now' })
  @ApiParam({ name: 'other', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: decisionSchema })
  async allow(
    @Param('id') id: string,
    @Param('other') other: string,
    @Body({ schema: allowRequest }) body: AllowRequest,
    @RequestId() requestId: string,
  ): Promise<DecisionResult> {
    return await this.distinct.allow(id, other, body, requestId);
  }
}
