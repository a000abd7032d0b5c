import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Logger, type Metrics } from '@app/kernel';
import type { BatchHandler, StreamBatch, StreamProducer, StreamRecord, SubscribeOptions } from '../stream.js';
import { toDeadLetter } from './dead-letter.js';
import { Pauses, type Pause } from './pauses.js';
import { settleBatch, type BuriedRecord } from './settle-batch.js';

const BURY_TIMEOUT_MS = 10_000;

/** What a {@link BatchSettler} works with. */
export interface BatchSettlerParts {
  readonly producer: StreamProducer;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/** What became of a batch: how many leading records are done, and whether the partition has to wait. */
export interface Settled {
  readonly settled: number;
  readonly pause?: Pause;
}

/** Settles the batches of one subscription, writes its dead letters, and keeps its pauses, counters and log lines. */
export class BatchSettler {
  readonly pauses = new Pauses();

  constructor(
    private readonly parts: BatchSettlerParts,
    private readonly options: SubscribeOptions,
    private readonly handler: BatchHandler,
  ) {}

  /** As {@link settleBatch}. Never rejects. */
  async settle(batch: StreamBatch): Promise<Settled> {
    const partition = `${batch.topic}/${batch.partition}`;
    const result = await settleBatch(batch, {
      handler: this.handler,
      bury: (records) => this.bury(records),
      clock: systemClock,
      delay: (ms) => delay(ms),
    });
    // Progress ends a row of failures: the next one is another record's.
    if (result.settled > 0) this.pauses.clear(partition);
    return 'fault' in result ? { settled: result.settled, pause: this.pause(batch, result.fault) } : result;
  }

  /** Notes that a partition has to wait on a fault. */
  pause({ topic, partition }: { topic: string; partition: number }, fault: unknown): Pause {
    const { group } = this.options;
    const pause = this.pauses.fail(`${topic}/${partition}`, fault);
    this.parts.metrics?.streamPauses.inc({ group, topic });
    // The message of a handler's error may hold a customer's words; its code, kind and stack frames do not.
    const { name: kind, stack } = (fault ?? {}) as { name?: string; stack?: string };
    const frames = pause.code === 'internal' ? stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined;
    this.parts.logger.warn({ group, topic, partition, ...pause, kind, frames }, 'A partition pauses');
    return pause;
  }

  private async bury(buried: readonly BuriedRecord[]): Promise<void> {
    const { service, serviceVersion = 'unversioned' } = this.options;
    const failedAt = systemClock.now();
    const letters = buried.map((reason) =>
      toDeadLetter(reason.record, { ...reason, service, serviceVersion, failedAt }),
    );
    await this.parts.producer.append(letters, { timeoutMs: BURY_TIMEOUT_MS });
    for (const { code, record } of buried) {
      this.parts.metrics?.deadLetters.inc({ service, account: accountOf(record), code });
    }
  }
}

/** Our account from which a record came; what does not look like one must not become a label. */
function accountOf({ headers }: StreamRecord): string {
  return /^\/connectors\/[a-z_]{1,40}\/([a-z0-9][a-z0-9-]{0,62})$/.exec(headers['ce_source'] ?? '')?.[1] ?? 'unknown';
}
