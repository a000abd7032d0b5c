import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, Metrics, type Logger } from '@app/kernel';
import { BlobRepository, checkInvariants, Database, ErasureRepository, LargeGroupsRepository } from '@app/persistence';
import { WorkLoop } from '@app/runtime';

const LANE_MS = 2_000;
/** A look at a large group holds the structure lock: it may take a tenth of the time, so that batches get on. */
const LANE_REST = 9;
const SWEEP_MS = 5_000;
const CHECK_MS = 3_600_000;
const BYTES_MS = 3_600_000;

/**
 * What is done beside the batches: groups too large for one, what was written while somebody was erased, and once an
 * hour bytes that nobody needs and the check of everything that must always be true. Several processes may do it at once;
 * each piece is idempotent.
 */
@Injectable()
export class UpkeepService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: readonly WorkLoop[];
  private laneRestsUntil = 0;

  constructor(
    @Inject(LargeGroupsRepository) private readonly groups: LargeGroupsRepository,
    @Inject(ErasureRepository) private readonly erasures: ErasureRepository,
    @Inject(BlobRepository) private readonly blobs: BlobRepository,
    @Inject(Database) private readonly database: Database,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.loops = [
      new WorkLoop({ name: 'large-groups', work: () => this.regroup(), idleMs: LANE_MS, logger }),
      new WorkLoop({ name: 'erasure-sweep', work: () => this.sweep(), idleMs: SWEEP_MS, logger }),
      new WorkLoop({ name: 'unreferred-bytes', work: () => this.removeBytes(), idleMs: BYTES_MS, logger }),
      new WorkLoop({ name: 'invariants', work: () => this.check(), idleMs: CHECK_MS, logger }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map(async (loop) => await loop.stop()));
  }

  private async regroup(): Promise<boolean> {
    if (performance.now() < this.laneRestsUntil) return false;
    const started = performance.now();
    const outcome = await this.groups.regroupNext();
    const ended = performance.now();
    this.laneRestsUntil = ended + (ended - started) * LANE_REST;
    if (outcome === 'too-large') this.logger.warn({}, 'A group of identities is too large to be worked out');
    return outcome !== 'idle';
  }

  private async sweep(): Promise<boolean> {
    await this.erasures.sweep();
    return false;
  }

  private async removeBytes(): Promise<boolean> {
    const removed = await this.blobs.removeUnreferred();
    if (removed > 0) this.logger.info({ removed }, 'Bytes for which no entry stands were removed');
    return removed > 0;
  }

  private async check(): Promise<boolean> {
    const started = performance.now();
    for (const { name, broken, examples } of await checkInvariants(this.database)) {
      this.metrics.invariantsBroken.set({ invariant: name }, broken);
      if (broken > 0) this.logger.error({ invariant: name, broken, examples }, 'An invariant is broken');
    }
    this.logger.info({ ms: Math.round(performance.now() - started) }, 'Invariants checked');
    return false;
  }
}
