import { Inject, Injectable } from '@nestjs/common';
import { deriveKey, INSTALLATION_SECRET, Metrics } from '@app/kernel';
import { UnifyRepository } from '@app/persistence';
import type { BatchOutcome, RejectedRecord, StreamBatch } from '@app/stream';
import { countOutcomes, type AccountOutcome } from './count-outcomes.js';
import { decodeRecord, type DecodedEvent } from './decode-record.js';
import { foldChanges } from './fold-changes.js';
import { planBatch } from './plan-batch.js';

/** Told when a batch has been committed, so that what follows need not wait for its next look. */
export interface CommitListener {
  committed(): void;
}

/**
 * Merges batches of inbound events into timelines.
 *
 * Guarantee: when `unify` resolves, every event of the batch is durable exactly once (entries by primary key, changes
 * by event id), or returned as rejected. It may be called again with the same records, by several processes at once.
 */
@Injectable()
export class UnifyBatchService {
  private readonly hmacKey: Buffer;
  private readonly listeners: CommitListener[] = [];

  constructor(
    @Inject(UnifyRepository) private readonly repository: UnifyRepository,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(INSTALLATION_SECRET) installationSecret: string,
  ) {
    this.hmacKey = deriveKey(installationSecret, 'identity-key');
  }

  onCommit(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  async unify(batch: StreamBatch): Promise<BatchOutcome> {
    const finish = this.metrics.unifierBatchSeconds.startTimer();
    const decoded: DecodedEvent[] = [];
    const rejected: RejectedRecord[] = [];
    for (const record of batch.records) {
      const result = decodeRecord(record);
      if (result.ok) decoded.push(result);
      else rejected.push({ record, code: result.code, detail: result.detail });
    }
    if (decoded.length > 0) await this.write(decoded);
    for (const listener of this.listeners) listener.committed();
    finish();
    return { rejected };
  }

  /** The order of the steps is part of the promise: see {@link UnifyRepository.applyChanges}. */
  private async write(decoded: readonly DecodedEvent[]): Promise<void> {
    const plan = planBatch(decoded, this.hmacKey);
    const identities = await this.repository.resolveIdentities(plan.identities);
    const inserted = await this.repository.insertEntries(plan.entries, identities);
    const newChanges = await this.repository.insertChanges(plan.changes);
    await this.repository.raiseWatermarks(plan.watermarks, identities);
    await this.repository.recordFacts(plan.facts, identities);
    const touched = [...plan.entries.map((entry) => entry.id), ...plan.changes.map((change) => change.entryId)];
    await this.repository.applyChanges([...new Set(touched)], foldChanges);
    await this.repository.flush();
    this.count(countOutcomes(decoded, inserted, newChanges));
  }

  /** accepted = entries + changes + repeats + dead letters + in flight, for each account (promise 2). */
  private count(outcomes: Iterable<AccountOutcome>): void {
    for (const { channel, account, entries, changes, repeats } of outcomes) {
      this.metrics.unifierEvents.inc({ channel, account, outcome: 'entry' }, entries);
      this.metrics.unifierEvents.inc({ channel, account, outcome: 'change' }, changes);
      this.metrics.unifierEvents.inc({ channel, account, outcome: 'repeat' }, repeats);
    }
  }
}
