import { Controller, Get, Inject, Param, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { requestPipe } from '../http/validation.js';
import { InsightService } from './insight.service.js';
import { suggestionListSchema, type SuggestionList } from './suggestion.schema.js';
import { whySchema, type Why } from './why.schema.js';

const whyQuery = z.strictObject({
  other: z
    .string()
    .min(1)
    .max(64)
    .meta({ description: 'The other customer: cus_… or KH-…', examples: ['cus_204527'] }),
});

/** Why people are one or two, and who may be one as well. */
@Controller('v1/customers/:id')
@UseGuards(ApiKeyGuard)
@UsePipes(requestPipe)
@ApiTags('identity')
@ApiBearerAuth()
@ApiParam({ name: 'id', description: 'cus_… or KH-…' })
export class InsightController {
  constructor(@Inject(InsightService) private readonly insight: InsightService) {}

  @Get('why')
  @ApiOperation({ summary: 'Why two customers are one person, or what stands between them; merged ids are welcome' })
  @ApiResponse({ status: 200, description: 'The evidence', standardSchema: whySchema })
  async why(@Param('id') id: string, @Query({ schema: whyQuery }) query: z.infer<typeof whyQuery>): Promise<Why> {
    return await this.insight.why(id, query.other);
  }

  @Get('merge-suggestions')
  @ApiOperation({ summary: 'Who the customer may be as well, with the evidence for and against' })
  @ApiResponse({ status: 200, description: 'Suggestions', standardSchema: suggestionListSchema })
  async suggestions(@Param('id') id: string): Promise<SuggestionList> {
    return await this.insight.suggest(id);
  }
}
