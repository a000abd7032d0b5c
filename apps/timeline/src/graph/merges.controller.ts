import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { JsonBody } from '../http/json-body.js';
import { cursorParameter, limitParameter, requestPipe } from '../http/validation.js';
import {
  decisionSchema,
  mergeResultSchema,
  rollbackResultSchema,
  type DecisionResult,
  type MergeResult,
  type RollbackResult,
} from './decision.schema.js';
import { mergeHistorySchema, type MergeHistory } from './history.schema.js';
import { HistoryService } from './history.service.js';
import { MergesService } from './merges.service.js';
import { RequestId } from './request-id.decorator.js';
import {
  mergeRequest,
  rollbackRequest,
  splitRequest,
  undoRequest,
  type MergeRequest,
  type RollbackRequest,
  type SplitRequest,
  type UndoRequest,
} from './request.schema.js';

const historyQuery = z.strictObject({ limit: limitParameter, cursor: cursorParameter });

/** Joins people and parts them. */
@Controller('v1')
@UseGuards(ApiKeyGuard)
@UseInterceptors(JsonBody)
@UsePipes(requestPipe)
@ApiTags('identity')
@ApiBearerAuth()
export class MergesController {
  constructor(
    @Inject(MergesService) private readonly merges: MergesService,
    @Inject(HistoryService) private readonly history: HistoryService,
  ) {}

  @Post('customers/:id/merge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a customer a part of another one, which survives; a dry run only tells' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: mergeResultSchema })
  async merge(
    @Param('id') id: string,
    @Body({ schema: mergeRequest }) body: MergeRequest,
    @RequestId() requestId: string,
  ): Promise<MergeResult> {
    return await this.merges.merge(id, body, requestId);
  }

  @Post('customers/:id/split')
  @HttpCode(200)
  @ApiOperation({ summary: 'Part identities of a customer from the others' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: decisionSchema })
  async split(
    @Param('id') id: string,
    @Body({ schema: splitRequest }) body: SplitRequest,
    @RequestId() requestId: string,
  ): Promise<DecisionResult> {
    return await this.merges.split(id, body, requestId);
  }

  @Get('customers/:id/merges')
  @ApiOperation({ summary: 'How a customer came together, newest first' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'A page of the history', standardSchema: mergeHistorySchema })
  async list(
    @Param('id') id: string,
    @Query({ schema: historyQuery }) query: z.infer<typeof historyQuery>,
  ): Promise<MergeHistory> {
    return await this.history.page(id, query.limit, query.cursor);
  }

  @Post('merges/:id/undo')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a merge or an unmerge back, with everything that was decided together with it' })
  @ApiParam({ name: 'id', description: 'mrg_…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: decisionSchema })
  async undo(
    @Param('id') id: string,
    @Body({ schema: undoRequest }) body: UndoRequest,
    @RequestId() requestId: string,
  ): Promise<DecisionResult> {
    return await this.merges.undo(id, body, requestId);
  }

  @Post('rollbacks')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take back everything that a rule or a batch joined' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: rollbackResultSchema })
  async rollBack(
    @Body({ schema: rollbackRequest }) body: RollbackRequest,
    @RequestId() requestId: string,
  ): Promise<RollbackResult> {
    return await this.merges.rollBack(body, requestId);
  }
}
