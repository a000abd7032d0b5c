import { conversationId } from '@app/contracts';
import type { ResolvedIdentities } from '@app/persistence';
import type { BatchPlan } from './plan-batch.js';

/** A number's later owner has conversations of its own, though account and thread are the same. */
const keyOfEpoch = (key: string, epoch: number): string => (epoch === 0 ? key : `${key}:${epoch}`);

/**
 * Fits a plan to names that had several owners: what happened belongs to the owner of its time, whatever the order of
 * arrival, and what an erased person wrote until then is dropped.
 *
 * @see identity design, sections 3.4 and 3.6
 */
export function placeInEpochs(plan: BatchPlan, identities: ResolvedIdentities): BatchPlan {
  if (identities.simple) return plan;
  const isKept = (key: string, at: string): boolean => identities.idAt(key, at) !== undefined;
  const place = <W extends { accountId: string; identityKey: string; threadId: string; conversationId: string }>(
    write: W,
    at: string,
  ): W => {
    const epoch = identities.epochAt(write.identityKey, at)?.epoch ?? 0;
    const key = keyOfEpoch(write.identityKey, epoch);
    return epoch === 0 ? write : { ...write, conversationId: conversationId(write.accountId, key, write.threadId) };
  };
  return {
    ...plan,
    entries: plan.entries
      .filter((entry) => isKept(entry.identityKey, entry.occurredAt))
      .map((entry) => place(entry, entry.occurredAt)),
    changes: plan.changes.filter(
      ({ identityKey, occurredAt }) => identityKey === undefined || isKept(identityKey, occurredAt),
    ),
    media: plan.media.filter(({ identityKey, at }) => identityKey === undefined || isKept(identityKey, at)),
    watermarks: plan.watermarks
      .filter((watermark) => isKept(watermark.identityKey, watermark.seenAt))
      .map((watermark) => place(watermark, watermark.seenAt))
      .sort((x, y) => (x.conversationId < y.conversationId ? -1 : 1)),
    facts: plan.facts.filter((fact) => isKept(fact.identityKey, fact.observedAt)),
  };
}
