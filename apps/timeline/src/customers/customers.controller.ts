import { Controller, Get, Inject, Param, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiKeyGuard } from '../http/api-key.guard.js';
import { invalid } from '../http/problem.js';
import { cursorParameter, limitParameter, requestPipe } from '../http/validation.js';
import { timelinePageSchema, type TimelinePage } from '../entries/entry.schema.js';
import { TimelineService } from '../entries/timeline.service.js';
import { customerPageSchema, customerSchema, type Customer, type CustomerPage } from './customer.schema.js';
import { CustomersService } from './customers.service.js';

const listQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Name, reference, number or address', examples: ['bưởi'] }),
  identity: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .meta({ description: 'Exact identity', examples: ['phone:+84912345678'] }),
  limit: limitParameter,
  cursor: cursorParameter,
});
const timelineQuery = z.strictObject({
  limit: limitParameter,
  before: cursorParameter,
  channels: z
    .string()
    .regex(/^[a-z_]{1,40}(,[a-z_]{1,40}){0,19}$/, 'channel names separated by commas')
    .transform((list) => [...new Set(list.split(','))].sort())
    .optional()
    .meta({ description: 'Only these channels, separated by commas', examples: ['sms,email'] }),
});

/** `GET /v1/customers…` */
@Controller('v1/customers')
@UseGuards(ApiKeyGuard)
@UsePipes(requestPipe)
@ApiTags('customers')
@ApiBearerAuth()
export class CustomersController {
  constructor(
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(TimelineService) private readonly timelines: TimelineService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Find customers, or list them by their latest activity' })
  @ApiResponse({ status: 200, description: 'A page of customers', standardSchema: customerPageSchema })
  async list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>): Promise<CustomerPage> {
    if (query.identity === undefined) return await this.customers.list(query.q, query.limit, query.cursor);
    if (query.q !== undefined) throw invalid('/identity', 'exclusive', 'give either q or identity');
    return await this.customers.byIdentity(query.identity);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One customer, by id or reference; a merged one names its canonical_id' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'The customer', standardSchema: customerSchema })
  async one(@Param('id') id: string): Promise<Customer> {
    return await this.customers.one(id);
  }

  @Get(':id/timeline')
  @ApiOperation({ summary: 'Timeline of a customer, newest first' })
  @ApiParam({ name: 'id', description: 'cus_… or KH-…' })
  @ApiResponse({ status: 200, description: 'A page of the timeline', standardSchema: timelinePageSchema })
  async timeline(
    @Param('id') id: string,
    @Query({ schema: timelineQuery }) query: z.infer<typeof timelineQuery>,
  ): Promise<TimelinePage> {
    return await this.timelines.page(await this.customers.find(id), query);
  }
}
