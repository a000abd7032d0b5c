import {
  Body,
  Controller,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { JsonBody } from '../http/json-body.js';
import { requestPipe } from '../http/validation.js';
import { decisionSchema, speakerSchema, type DecisionResult, type Speaker } from './decision.schema.js';
import { RequestId } from './request-id.decorator.js';
import { shareRequest, speakerRequest, type ShareRequest, type SpeakerRequest } from './request.schema.js';
import { SharingService } from './sharing.service.js';

/** Identities that several people use, and who speaks there. */
@Controller('v1')
@UseGuards(ApiKeyGuard)
@UseInterceptors(JsonBody)
@UsePipes(requestPipe)
@ApiTags('identity')
@ApiBearerAuth()
export class SharingController {
  constructor(@Inject(SharingService) private readonly sharing: SharingService) {}

  @Post('identities/:id/share')
  @HttpCode(200)
  @ApiOperation({ summary: 'Several people use this identity: it joins nobody; or one person does again' })
  @ApiParam({ name: 'id', description: 'idn_…' })
  @ApiResponse({ status: 200, description: 'What it did', standardSchema: decisionSchema })
  async share(
    @Param('id') id: string,
    @Body({ schema: shareRequest }) body: ShareRequest,
    @RequestId() requestId: string,
  ): Promise<DecisionResult> {
    return await this.sharing.share(id, body, requestId);
  }

  @Put('conversations/:id/speaker')
  @ApiOperation({ summary: 'Who speaks in a conversation of a shared identity' })
  @ApiParam({ name: 'id', description: 'cnv_…' })
  @ApiResponse({ status: 200, description: 'The conversation', standardSchema: speakerSchema })
  async speaker(@Param('id') id: string, @Body({ schema: speakerRequest }) body: SpeakerRequest): Promise<Speaker> {
    return await this.sharing.nameSpeaker(id, body);
  }
}
