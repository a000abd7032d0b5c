import 'reflect-metadata';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  ConfigError,
  createLogger,
  HealthRegistry,
  KernelModule,
  Metrics,
  PermanentRecordError,
  StoreUnavailableError,
  type HealthReport,
} from '@app/kernel';
import {
  STREAM,
  type BatchHandler,
  type BatchOutcome,
  type Stream,
  type StreamBatch,
  type SubscribeOptions,
} from '../stream.js';
import { OnBatch } from './on-batch.decorator.js';
import { StreamServer } from './stream-server.js';
import { StreamModule } from './stream.module.js';

const batchOf = (topic: string, text: string): StreamBatch => ({
  topic,
  partition: 0,
  records: [
    { topic, partition: 0, offset: 0n, key: 'k', value: Buffer.from(text), headers: {}, timestamp: new Date(0) },
  ],
});

/** A stream that the test plays by hand; it notes the order of what is done to it. */
class HandStream implements Stream {
  readonly done: string[] = [];
  options: SubscribeOptions | undefined;
  deliver: BatchHandler = async () => undefined;
  state = { connected: true, stalled: [] as string[] };

  async append(): Promise<void> {
    throw new Error('not played');
  }
  async ensureTopics(): Promise<void> {
    throw new Error('not played');
  }
  async lag(): Promise<never> {
    throw new Error('not played');
  }
  async subscribe(options: SubscribeOptions, handler: BatchHandler) {
    this.options = options;
    this.deliver = handler;
    return { status: () => this.state, stop: async () => void this.done.push('left') };
  }
  async isReachable(): Promise<boolean> {
    return true;
  }
  async close(): Promise<void> {
    this.done.push('closed');
  }
}

@Controller()
class Handlers {
  constructor(@Inject(STREAM) private readonly stream: HandStream) {}

  @OnBatch('omni.a.v1', 'omni.b.v1')
  async both(@Payload() batch: StreamBatch): Promise<BatchOutcome | void> {
    const text = String(batch.records[0]!.value);
    this.stream.done.push(`${batch.topic} ${text}`);
    if (text === 'permanent') throw new PermanentRecordError('schema_invalid', 'x');
    if (text === 'passing') throw new StoreUnavailableError('x');
    if (text === 'bug') throw new TypeError('x');
    if (text === 'reject') return { rejected: [{ record: batch.records[0]!, code: 'internal', detail: 'd' }] };
  }

  @OnBatch('omni.c.v1')
  async first(): Promise<void> {}
}

@Controller()
class Twice {
  @EventPattern('omni.c.v1')
  second(_batch: StreamBatch): void {}
}

@Controller()
class Asked {
  @MessagePattern('omni.d.v1')
  reply(): void {}
}

function appOf(
  stream: HandStream,
  controllers: (new (...args: never[]) => object)[],
  health: { check?: () => HealthReport },
) {
  const kernel = KernelModule.forRoot({
    config: {} as never,
    accounts: [],
    logger: createLogger({ level: 'silent', service: 'test' }),
    installationSecret: 'x'.repeat(32),
    metrics: new Metrics(),
    health: new HealthRegistry(),
  });
  @Module({ imports: [kernel, StreamModule.forRoot(stream)], controllers })
  class Root {}
  const strategy = new StreamServer({
    stream,
    group: 'unifier',
    service: 'unifier',
    concurrency: 2,
    registerHealth: (check) => (health.check = check),
  });
  return NestFactory.createMicroservice(Root, { strategy, logger: false, abortOnError: false });
}

describe('StreamServer', () => {
  let stream: HandStream;
  let health: { check?: () => HealthReport };
  beforeEach(() => {
    stream = new HandStream();
    health = {};
  });

  it('binds all patterns to one subscription and hands each batch to its handler', async () => {
    const app = await appOf(stream, [Handlers], health);
    await app.listen();
    expect(stream.options).toEqual({
      group: 'unifier',
      service: 'unifier',
      concurrency: 2,
      topics: ['omni.a.v1', 'omni.b.v1', 'omni.c.v1'],
    });
    const batch = batchOf('omni.b.v1', 'reject');
    expect(await stream.deliver(batch)).toEqual({
      rejected: [{ record: batch.records[0], code: 'internal', detail: 'd' }],
    });
    expect(await stream.deliver(batchOf('omni.a.v1', 'ok'))).toBeUndefined();
    expect(await stream.deliver(batchOf('omni.c.v1', 'ok'))).toBeUndefined();
    await app.close();
    expect(stream.done).toEqual(['omni.b.v1 reject', 'omni.a.v1 ok', 'left', 'closed']);
  });

  it.each([
    ['permanent', PermanentRecordError],
    ['passing', StoreUnavailableError],
    ['bug', TypeError],
  ])('lets a %s error arrive with its class', async (text, kind) => {
    const app = await appOf(stream, [Handlers], health);
    await app.listen();
    await expect(stream.deliver(batchOf('omni.a.v1', text))).rejects.toBeInstanceOf(kind);
    await app.close();
  });

  it('tells readiness whether it joined, is connected and goes on', async () => {
    const app = await appOf(stream, [Handlers], health);
    expect(health.check!()).toEqual({ ok: false, detail: 'not joined' });
    await app.listen();
    expect(health.check!()).toEqual({ ok: true });
    expect((await app.get(HealthRegistry).report()).checks).toEqual({ stream: { ok: true } });
    stream.state = { connected: true, stalled: ['omni.a.v1/0: internal'] };
    expect(health.check!()).toEqual({ ok: false, detail: 'omni.a.v1/0: internal' });
    stream.state = { connected: false, stalled: [] };
    expect(health.check!().ok).toBe(false);
    await app.close();
    expect(health.check!().ok).toBe(false);
  });

  it.each([
    ['two handlers of one topic', [Handlers, Twice], 'omni.c.v1: two handlers'],
    ['a handler that would reply', [Asked], 'omni.d.v1: the stream has no replies'],
    ['no handler at all', [], 'no handler'],
  ])('refuses %s', async (_, controllers, problem) => {
    const app = await appOf(stream, controllers, health);
    const error: unknown = await app.listen().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.join()).toContain(problem);
    await app.close();
  });
});
