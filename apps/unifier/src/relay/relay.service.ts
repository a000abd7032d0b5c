import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { CLOCK, LOGGER, Metrics, type Clock, type Logger } from '@app/kernel';
import { AdvisoryLease, RelayRepository, type EventRow } from '@app/persistence';
import { STREAM, type OutgoingRecord, type Stream } from '@app/stream';
import type { CommitListener } from '../unify-batch/unify-batch.service.js';
import { renderEvents } from './render-events.js';
import { WorkLoop } from '@app/runtime';

const CLAIM_ROWS = 1_000;
const PUBLISH_EVENTS = 1_000;
const IDLE_MS = 100;
const HOUSEKEEPING_MS = 5_000;
const RETENTION_DAYS = 14;

/**
 * Publishes what the unifier committed.
 *
 * Two loops: one turns outbox rows into numbered events in the store, where readers without Kafka find them at once;
 * the other appends stored events to their topics and remembers how far it came. When the broker is away only the
 * second one waits. A crash between append and mark publishes the same events again: same ids, same bytes.
 *
 * One relay works at a time, held by a lease that dies with its database session. Should two overlap, both publish in
 * order from a point that is not beyond the other's, so the first appearances still stand in order.
 */
@Injectable()
export class RelayService implements OnApplicationBootstrap, BeforeApplicationShutdown, CommitListener {
  private readonly claims: WorkLoop;
  private readonly publications: WorkLoop;
  private readonly housekeeping: WorkLoop;

  constructor(
    @Inject(RelayRepository) private readonly repository: RelayRepository,
    @Inject(AdvisoryLease) private readonly lease: AdvisoryLease,
    @Inject(STREAM) private readonly stream: Stream,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.claims = new WorkLoop({ name: 'relay-claim', work: () => this.claim(), idleMs: IDLE_MS, logger });
    this.publications = new WorkLoop({ name: 'relay-publish', work: () => this.publish(), idleMs: IDLE_MS, logger });
    this.housekeeping = new WorkLoop({
      name: 'relay-housekeeping',
      work: () => this.tidy(),
      idleMs: HOUSEKEEPING_MS,
      logger,
    });
  }

  onApplicationBootstrap(): void {
    for (const loop of [this.claims, this.publications, this.housekeeping]) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.claims.stop(), this.publications.stop(), this.housekeeping.stop()]);
    await this.lease.release();
  }

  committed(): void {
    this.claims.wake();
  }

  private async claim(): Promise<boolean> {
    if (!(await this.lease.held())) return false;
    const made = await this.repository.moveOutbox(CLAIM_ROWS, (claim) => renderEvents(claim, this.clock.now()));
    if (made > 0) this.publications.wake();
    return made > 0;
  }

  private async publish(): Promise<boolean> {
    if (!(await this.lease.held())) return false;
    const events = await this.repository.unpublished(PUBLISH_EVENTS);
    const last = events.at(-1);
    if (last === undefined) return false;
    await this.stream.append(events.map(toRecord), { timeoutMs: 10_000 });
    await this.repository.markPublished(last.position);
    for (const event of events) this.metrics.relayPublished.inc({ topic: event.topic });
    return true;
  }

  private async tidy(): Promise<boolean> {
    this.metrics.relayPending.set(await this.repository.pending());
    return (await this.lease.held()) && (await this.repository.expire(RETENTION_DAYS)) > 0;
  }
}

function toRecord(event: EventRow): OutgoingRecord {
  const value = event.payload === null ? null : Buffer.from(event.payload);
  return { topic: event.topic, key: event.key, value, headers: event.headers };
}
