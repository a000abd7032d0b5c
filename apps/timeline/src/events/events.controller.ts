import { Controller, Get, Headers, Inject, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiKeyGuard, apiKeyOf } from '../http/api-key.guard.js';
import { limitParameter, requestPipe } from '../http/validation.js';
import { eventPageSchema } from './event.schema.js';
import { EventStreamService } from './event-stream.service.js';
import { EventsService } from './events.service.js';
import { EventFeedService } from './event-feed.service.js';
import { LiveReaders } from './live-readers.js';

const after = (description: string) =>
  z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .meta({ description, examples: ['earliest'] });
const types = z
  .string()
  .regex(/^[a-z._]{1,80}(,[a-z._]{1,80}){0,19}$/, 'types of event separated by commas')
  .transform((list) => [...new Set(list.split(','))].sort())
  .optional()
  .meta({ description: 'Only these types, separated by commas', examples: ['omni.timeline.entry.appended'] });
const seconds = z.coerce
  .number()
  .min(0)
  .max(30)
  .default(0)
  .meta({ description: 'Seconds to wait for an event when there is none, up to 30', examples: [20] });

const listQuery = z.strictObject({
  after: after('A cursor, `earliest` (default), `latest` or an RFC 3339 time'),
  limit: limitParameter,
  types,
  wait: seconds,
});
const streamQuery = z.strictObject({
  after: after('A cursor, `earliest`, `latest` (default) or an RFC 3339 time; `Last-Event-ID` goes before it'),
  types,
});

/** `GET /v1/events` and `GET /v1/events/stream`: the unified stream without Kafka. */
@Controller('v1/events')
@UseGuards(ApiKeyGuard)
@UsePipes(requestPipe)
@ApiTags('events')
@ApiBearerAuth()
export class EventsController {
  constructor(
    @Inject(EventsService) private readonly events: EventsService,
    @Inject(EventFeedService) private readonly feed: EventFeedService,
    @Inject(EventStreamService) private readonly streams: EventStreamService,
    @Inject(LiveReaders) private readonly readers: LiveReaders,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Events of the unified stream after a place, oldest first; waits for the next one if asked',
  })
  @ApiResponse({ status: 200, description: 'Events', standardSchema: eventPageSchema })
  async list(
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return await this.events.page(query, this.readers.abortOf(reply.raw));
  }

  @Get('stream')
  @ApiOperation({ summary: 'The unified stream as server-sent events; a comment each 15 seconds' })
  @ApiHeader({ name: 'Last-Event-ID', description: 'Id of the last event received: goes on after it', required: false })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'Events, each with the cursor to resume from as its id' })
  async stream(
    @Query({ schema: streamQuery }) query: z.infer<typeof streamQuery>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pointer = lastEventId ? '/Last-Event-ID' : '/after';
    const from = await this.feed.positionOf(lastEventId || (query.after ?? 'latest'), query.types, pointer);
    // Refuses an expired place while the answer can still be a problem document.
    await this.feed.after(from, query.types, 1);
    const leave = this.readers.enter(apiKeyOf(request));
    try {
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        // A kept connection would outlive its stream and hold the shutdown up.
        connection: 'close',
        'x-accel-buffering': 'no',
      });
      if (request.method === 'HEAD') reply.raw.end();
      else await this.streams.serve(reply.raw, from, query.types, this.readers.abortOf(reply.raw));
    } finally {
      leave();
    }
  }
}
