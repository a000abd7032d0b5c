import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Channel } from '@app/contracts';
import { webhookAdapterOf, WEBHOOK_ADAPTERS, type WebhookAdapter, type WebhookRequest } from '@app/channels';
import {
  ACCOUNTS,
  CLOCK,
  CONFIG,
  deriveKey,
  describeError,
  INSTALLATION_SECRET,
  LOGGER,
  Metrics,
  type ChannelAccount,
  type Clock,
  type Config,
  type Logger,
} from '@app/kernel';
import { STREAM, type Stream } from '@app/stream';
import { acceptDelivery, type ByteStore, type DeliveryParts, type PartTaker } from './accept-delivery.js';

/** Channels whose doors a connector opens. */
export const INGRESS_CHANNELS = Symbol('INGRESS_CHANNELS');

/** Where the bytes of mails, and of forms with files, go; a connector whose channels keep bytes provides it. */
export const BYTE_STORE = Symbol('BYTE_STORE');

/** Who joins messages; a connector whose messages come in parts provides it. */
export const PART_TAKER = Symbol('PART_TAKER');

const NO_BODY = Buffer.alloc(0);

interface Door {
  readonly account: ChannelAccount;
  readonly adapter: WebhookAdapter;
}

/** A provider's request as adapters read it; the query is decoded by whoever asks for it, which most do not. */
class DoorRequest implements WebhookRequest {
  readonly method: 'GET' | 'POST';
  readonly originalUrl: string;
  readonly headers: WebhookRequest['headers'];
  readonly body: Buffer;
  readonly remoteAddress: string;

  constructor(request: FastifyRequest) {
    this.method = request.method as 'GET' | 'POST';
    this.originalUrl = request.url;
    this.headers = request.headers as WebhookRequest['headers'];
    this.body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    this.remoteAddress = request.ip;
  }

  get query(): URLSearchParams {
    const question = this.originalUrl.indexOf('?');
    return new URLSearchParams(question === -1 ? '' : this.originalUrl.slice(question + 1));
  }
}

/**
 * The doors for providers: `GET` and `POST /webhooks/<channel>/<account>`.
 *
 * The routes are Fastify's own: Nest's pipeline of guards, pipes and interceptors would cost a fifth of the throughput
 * and has nothing to do on bytes that must stay as they came.
 */
@Injectable()
export class WebhookDoor implements OnModuleInit {
  private readonly doors = new Map<string, Door>();
  private readonly parts: DeliveryParts;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(INGRESS_CHANNELS) private readonly channels: readonly Channel[],
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(CONFIG) config: Config,
    @Inject(STREAM) stream: Stream,
    @Inject(INSTALLATION_SECRET) secret: string,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Optional() @Inject(BYTE_STORE) bytes?: ByteStore,
    @Optional() @Inject(PART_TAKER) partTaker?: PartTaker,
  ) {
    for (const account of accounts) {
      const adapter = webhookAdapterOf(account);
      if (adapter !== undefined) this.doors.set(`${account.channel}/${account.id}`, { account, adapter });
    }
    this.parts = {
      stream,
      bytes,
      partTaker,
      accounts,
      senderHmacKey: deriveKey(secret, 'sender-key'),
      appendTimeoutMs: config.APPEND_TIMEOUT_MS,
      clock,
      metrics,
      logger,
    };
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const channel of this.channels) this.open(server, channel);
  }

  private open(server: FastifyInstance, channel: Channel): void {
    const adapters = WEBHOOK_ADAPTERS.filter((adapter) => adapter.channel === channel);
    server.route<{ Params: { account: string } }>({
      method: ['GET', 'POST'],
      url: `/webhooks/${channel}/:account`,
      bodyLimit: Math.max(1, ...adapters.map((adapter) => adapter.maxBodyBytes)),
      handler: (request, reply) => this.answer(channel, request, reply),
      errorHandler: (error, request, reply) => this.fail(channel, error, request as FastifyRequest, reply),
    });
  }

  private async answer(
    channel: Channel,
    request: FastifyRequest<{ Params: { account: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const door = this.doors.get(`${channel}/${request.params.account}`);
    if (door === undefined) {
      // The name comes from outside: as a label it could make metrics without end.
      this.parts.metrics.webhookRequests.inc({ channel, account: 'unknown', outcome: 'unknown_account' });
      return await reply.code(404).send();
    }
    const answer = await acceptDelivery(
      new DoorRequest(request as FastifyRequest),
      door.account,
      door.adapter,
      this.parts,
    );
    if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', String(answer.retryAfterSeconds));
    if (answer.contentType !== undefined) void reply.header('content-type', answer.contentType);
    return await reply.code(answer.status).send(answer.body);
  }

  private fail(channel: Channel, error: { code?: string }, request: FastifyRequest, reply: FastifyReply): void {
    const { account } = request.params as { account: string };
    const known = this.doors.has(`${channel}/${account}`) ? account : 'unknown';
    const tooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
    this.parts.metrics.webhookRequests.inc({ channel, account: known, outcome: tooLarge ? 'too_large' : 'failed' });
    if (!tooLarge) {
      this.parts.logger.error({ channel, account: known, error: describeError(error) }, 'A delivery failed');
    }
    void reply.code(tooLarge ? 413 : 500).send();
  }
}
