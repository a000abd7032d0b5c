import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageReceived } from '@app/contracts';
import { claimOf } from '@app/identity';
import { StoreUnavailableError } from '@app/kernel';
import { LargeGroupsRepository, type Database } from '@app/persistence';
import type { StreamBatch } from '@app/stream';
import type { UnifyBatchService } from '../../apps/unifier/src/unify-batch/unify-batch.service.js';
import { toRecord } from './inbound-record.js';
import { runBatches } from './run-log.js';
import { WIDGET } from './unifier-load.js';

/** As the unifier looks at its lane. */
const LANE_MS = 2_000;
const START = Date.UTC(2026, 0, 5, 1);

function stormMessage(n: number): MessageReceived {
  // Slowly enough for the guard on joins within an hour, so that the customer grows to its full size.
  const at = START + n * 240_000;
  const visitor = `an-danh-${n}`;
  return {
    channel: 'livechat',
    account_id: 'web-chat',
    direction: 'inbound',
    identity: { kind: 'livechat_visitor', scope: WIDGET, value: visitor, authenticity: 'A2' },
    provider: { name: 'site', message_id: `storm-${n}`, conversation_id: visitor },
    message_kind: 'message',
    occurred_at: new Date(at).toISOString(),
    received_at: new Date(at + 200).toISOString(),
    verification: { method: 'hmac' },
    content: { type: 'text', text: 'Shop ơi cho mình hỏi' },
    claims: [claimOf('external_id', 'external:site:mot-nguoi', 'livechat.signed_contact')],
    raw: { media_type: 'application/json', encoding: 'utf8', data: '{}' },
  };
}

/** Anonymous visitors who all turn out to be one customer, each with one message. */
export function stormBatches(visitors: number, batch: number): StreamBatch[] {
  return Array.from({ length: Math.ceil(visitors / batch) }, (_, index) => {
    const size = Math.min(batch, visitors - index * batch);
    const records = Array.from({ length: size }, (__, n) => toRecord(stormMessage(index * batch + n), BigInt(n)));
    return { topic: records[0]!.topic, partition: index % 4, records };
  });
}

/** What a storm took. */
export interface StormRun {
  /** In the order in which the batches ended. */
  readonly batchMs: readonly number[];
  readonly laneMs: readonly number[];
  readonly seconds: number;
}

/** Runs a storm beside the lane for large groups, which looks as often as in the unifier and is emptied at the end. */
export async function runStorm(
  service: UnifyBatchService,
  database: Database,
  { visitors, batch, workers }: { visitors: number; batch: number; workers: number },
): Promise<StormRun> {
  const groups = new LargeGroupsRepository(database);
  const laneMs: number[] = [];
  const ended = new AbortController();
  const look = async (): Promise<boolean> => {
    const since = performance.now();
    try {
      if ((await groups.regroupNext()) === 'idle') return false;
      laneMs.push(performance.now() - since);
    } catch (error) {
      // A busy machine: it looks again, as the unifier does.
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
    return true;
  };
  const lane = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (await look()) continue;
      await sleep(LANE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    while (await look());
  };
  const since = performance.now();
  const running = lane();
  const batches = runBatches(service, stormBatches(visitors, batch), workers).finally(() => ended.abort());
  const [{ batchMs, seconds }] = await Promise.all([
    batches.then((run) => ({ ...run, seconds: (performance.now() - since) / 1000 })),
    running,
  ]);
  return { batchMs, laneMs, seconds };
}
