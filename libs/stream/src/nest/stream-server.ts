import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { ConfigError, type HealthReport } from '@app/kernel';
import type { BatchOutcome, Stream, StreamBatch, SubscribeOptions, Subscription } from '../stream.js';

/** What a {@link StreamServer} reads and how. */
export interface StreamServerOptions extends Omit<SubscribeOptions, 'topics'> {
  readonly stream: Stream;
  /** Takes the check that tells whether this consumer works, for readiness. */
  readonly registerHealth?: (check: () => HealthReport) => void;
}

/**
 * Nest transport over the stream: one subscription for all event patterns of the controllers, whole batches to each
 * handler (see {@link OnBatch}), offsets moved after the handler's effects are durable.
 *
 * `close` waits for batches in hand and leaves the group.
 */
export class StreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('STREAM');
  /** Nest logs errors of event handlers only for transports that do not look at them. */
  override readonly propagatesEventHandlerErrors = true;
  private subscription: Subscription | undefined;

  constructor(private readonly options: StreamServerOptions) {
    super();
    options.registerHealth?.(() => this.health());
  }

  /** Joins the group; Nest turns a failure into the failure of `startAllMicroservices`. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.join();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async close(): Promise<void> {
    await this.subscription?.stop();
    this.subscription = undefined;
  }

  /** A subscription has no events of its own to listen to. */
  on(): never {
    throw new Error('StreamServer emits no events; see registerHealth');
  }

  unwrap<T>(): T {
    return this.options.stream as T;
  }

  private async join(): Promise<void> {
    const problems = [...this.messageHandlers].flatMap(([topic, handler]) => problemsOf(topic, handler));
    if (this.messageHandlers.size === 0) problems.push('no handler of any topic is declared');
    if (problems.length > 0) throw new ConfigError(problems);
    const { stream, registerHealth: _, ...options } = this.options;
    const topics = [...this.messageHandlers.keys()];
    this.subscription = await stream.subscribe({ ...options, topics }, (batch) => this.dispatch(batch));
  }

  private async dispatch(batch: StreamBatch): Promise<BatchOutcome | void> {
    const handler = this.messageHandlers.get(batch.topic)!;
    const result: unknown = await handler(batch, new BaseRpcContext([batch]));
    return (await lastValueFrom(this.transformToObservable(result), {
      defaultValue: undefined,
    })) as BatchOutcome | void;
  }

  private health(): HealthReport {
    if (this.subscription === undefined) return { ok: false, detail: 'not joined' };
    const { connected, stalled } = this.subscription.status();
    if (!connected) return { ok: false, detail: 'away from the stream' };
    return stalled.length === 0 ? { ok: true } : { ok: false, detail: stalled.join(', ') };
  }
}

function problemsOf(topic: string, handler: MessageHandler): string[] {
  if (handler.isEventHandler !== true) return [`${topic}: the stream has no replies; use @OnBatch`];
  return handler.next === undefined ? [] : [`${topic}: two handlers; a batch has one outcome`];
}
