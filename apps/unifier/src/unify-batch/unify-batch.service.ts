import { Inject, Injectable } from '@nestjs/common';
import type { InboundEvent, MessageReceived } from '@app/contracts';
import { assessClaims } from '@app/identity';
import { Metrics } from '@app/kernel';
import { EvidenceRepository, foldChanges, UnifyRepository } from '@app/persistence';
import type { BatchOutcome, RejectedRecord, StreamBatch, StreamRecord } from '@app/stream';
import { countOutcomes, type AccountOutcome } from './count-outcomes.js';
import { decodeRecord, type UndecodableRecord } from './decode-record.js';
import { IdentityPolicy } from './identity-policy.js';
import { placeInEpochs } from './place-in-epochs.js';
import { planBatch, type AssessedEvent, type BatchPlan } from './plan-batch.js';

/** The message whose claims are to be weighed. An order says of its buyer what the feed found, and nothing in words. */
function claimingMessage({ type, data }: InboundEvent): MessageReceived | undefined {
  if (type === 'omni.inbound.message.received') return data;
  if (type !== 'omni.inbound.order.updated' || data.identity === undefined) return undefined;
  return { ...data, identity: data.identity, content: { type: 'system' } };
}

/** Entries that a batch brings or changes, by id and by what they are called. */
function touchedBy({ entries, changes }: BatchPlan): { ids: readonly string[]; aliases: readonly string[] } {
  const ids = [...entries.map(({ id }) => id), ...changes.filter((c) => !c.byAlias).map(({ entryId }) => entryId)];
  const called = entries.flatMap(({ alias }) => alias ?? []);
  const aliases = [...called, ...changes.filter((c) => c.byAlias).map(({ entryId }) => entryId)];
  return { ids: [...new Set(ids)], aliases: [...new Set(aliases)] };
}

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
  private readonly listeners: CommitListener[] = [];

  constructor(
    @Inject(UnifyRepository) private readonly repository: UnifyRepository,
    @Inject(EvidenceRepository) private readonly evidence: EvidenceRepository,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  onCommit(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  async unify(batch: StreamBatch): Promise<BatchOutcome> {
    const finish = this.metrics.unifierBatchSeconds.startTimer();
    const assessed: AssessedEvent[] = [];
    const rejected: RejectedRecord[] = [];
    for (const record of batch.records) {
      const result = this.read(record);
      if (result.ok) assessed.push(result);
      else rejected.push({ record, code: result.code, detail: result.detail });
    }
    if (assessed.length > 0) await this.write(assessed);
    for (const listener of this.listeners) listener.committed();
    finish();
    return { rejected };
  }

  private read(record: StreamRecord): (AssessedEvent & { readonly ok: true }) | UndecodableRecord {
    const decoded = decodeRecord(record);
    if (!decoded.ok) return decoded;
    const { event } = decoded;
    const claiming = claimingMessage(event);
    if (claiming === undefined) return { ...decoded, claims: [] };
    const assessment = assessClaims(claiming, this.policy);
    return assessment.ok
      ? { ...decoded, claims: assessment.claims }
      : { ok: false, code: 'identity_conflict', detail: assessment.detail };
  }

  /** The order of the steps is part of the promise: see {@link UnifyRepository.applyChanges}. */
  private async write(decoded: readonly AssessedEvent[]): Promise<void> {
    const planned = planBatch(decoded, this.policy);
    let identities = await this.repository.resolveIdentities(planned.identities);
    if (await this.evidence.endContradicted(planned.proofs, identities)) {
      identities = await this.repository.resolveIdentities(planned.identities);
    }
    const plan = placeInEpochs(planned, identities);
    await this.evidence.prove(plan.proofs, identities);
    const inserted = await this.repository.insertEntries(plan.entries, identities);
    await this.repository.nameEntries(plan.entries);
    await this.repository.referToBytes(plan.entries);
    await this.repository.queueMedia(plan.media);
    const newChanges = await this.repository.insertChanges(plan.changes);
    await this.repository.raiseWatermarks(plan.watermarks, identities);
    await this.repository.recordFacts(plan.facts, identities);
    await this.repository.recordPosts(plan.posts);
    await this.evidence.recordClaims(plan.claims, identities);
    const { ids, aliases } = touchedBy(plan);
    await this.repository.applyChanges(ids, aliases, foldChanges);
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
