import { loadConfig, Metrics } from '@app/kernel';
import { Database, EvidenceRepository, migrate, UnifyRepository } from '@app/persistence';
import type { StreamBatch } from '@app/stream';
import { decodeRecord, type DecodedEvent } from '../apps/unifier/src/unify-batch/decode-record.js';
import { IdentityPolicy } from '../apps/unifier/src/unify-batch/identity-policy.js';
import { planBatch, type BatchPlan } from '../apps/unifier/src/unify-batch/plan-batch.js';
import { UnifyBatchService } from '../apps/unifier/src/unify-batch/unify-batch.service.js';
import { familyCpuSeconds } from './support/child-server.js';
import { startBenchDatabase } from './support/database.js';
import { BENCH_SECRET, fillEntries, fillSenders, fillVisitors } from './support/fill.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, quantile, ratios, spreadOf } from './support/statistics.js';
import { MessageSource, STEADY, VisitorSupply } from './support/unifier-load.js';

const SENDERS = 20_000;
/** Customers who turn out to be one of the senders, one by one; enough for all rounds. */
const VISITORS = 20_000;
const POLICY = IdentityPolicy.of(loadConfig({}), BENCH_SECRET);

/** What a run of the benchmark costs. */
export interface UnifierOptions {
  readonly rounds: number;
  readonly messagesEach: number;
  readonly existing: readonly number[];
  readonly batches: readonly number[];
  readonly workers: readonly number[];
}

/** The raw insert: the same rows into the same table and its indexes, nothing else. */
const RAW = {
  name: 'bench-raw-insert',
  text: `INSERT INTO entry (id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind,
                            direction, occurred_at, received_at, late, body, raw)
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
           $9::text[], $10::timestamptz[], $11::timestamptz[], $12::boolean[], $13::jsonb[], $14::bytea[])`,
};

async function insertRaw(database: Database, { entries }: BatchPlan): Promise<void> {
  await database.query(RAW, [
    entries.map((entry) => entry.id),
    entries.map((_entry, index) => index + 1),
    entries.map((entry) => entry.conversationId),
    entries.map((entry) => entry.eventId),
    entries.map((entry) => entry.correlationId),
    entries.map((entry) => entry.accountId),
    entries.map((entry) => entry.channel),
    entries.map((entry) => entry.kind),
    entries.map((entry) => entry.direction),
    entries.map((entry) => entry.occurredAt),
    entries.map((entry) => entry.receivedAt),
    entries.map((entry) => entry.lateInBatch),
    entries.map((entry) => entry.body),
    entries.map((entry) => entry.raw),
  ]);
}

/** Plans ahead of the clock: the raw insert is given its rows ready-made. */
function planOf(batch: StreamBatch): BatchPlan {
  const decoded = batch.records.map(decodeRecord).filter((result): result is DecodedEvent => result.ok);
  return planBatch(
    decoded.map((event) => ({ ...event, claims: [] })),
    POLICY,
  );
}

interface Measured {
  readonly perSecond: number;
  /** CPU time for each message, of Node and of PostgreSQL. */
  readonly nodeMicros: number;
  readonly postgresMicros: number;
  readonly latenciesMs: readonly number[];
}

async function measure<T>(
  jobs: readonly T[],
  workers: number,
  work: (job: T) => Promise<void>,
  { messages, postgresPid }: { messages: number; postgresPid: number },
): Promise<Measured> {
  const queue = [...jobs];
  const latenciesMs: number[] = [];
  const cpu = process.cpuUsage();
  const postgresBefore = familyCpuSeconds(postgresPid);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const since = performance.now();
        await work(job);
        latenciesMs.push(performance.now() - since);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return {
    perSecond: messages / seconds,
    nodeMicros: (used.user + used.system) / messages,
    postgresMicros: ((familyCpuSeconds(postgresPid) - postgresBefore) * 1e6) / messages,
    latenciesMs,
  };
}

interface Case {
  readonly existing: number;
  readonly batch: number;
  readonly workers: number;
}

/** Rounds of one case, the raw insert and the unifier in turn; each is first in every second round. */
async function runCase(
  database: Database,
  postgresPid: number,
  { existing, batch, workers }: Case,
  { rounds, messagesEach, visitors }: UnifierOptions & { readonly visitors: VisitorSupply },
): Promise<{ raw: Measured[]; ours: Measured[] }> {
  const relaxed = database.sibling({ max: 8, genericPlans: true, relaxedCommits: true });
  const service = new UnifyBatchService(
    new UnifyRepository(relaxed, database),
    new EvidenceRepository(relaxed),
    new Metrics(),
    POLICY,
  );
  const run = `${existing}-${batch}-${workers}`;
  const source = new MessageSource(`u${run}`, SENDERS, STEADY, visitors);
  const rawSource = new MessageSource(`r${run}`, SENDERS, STEADY, new VisitorSupply(VISITORS));
  const count = Math.max(workers, Math.round(messagesEach / batch));
  const scale = { messages: count * batch, postgresPid };
  const series: { raw: Measured[]; ours: Measured[] } = { raw: [], ours: [] };
  for (let round = -1; round < rounds; round += 1) {
    const plans = Array.from({ length: count }, () => planOf(rawSource.batch(batch)));
    const batches = Array.from({ length: count }, () => source.batch(batch));
    const turns = {
      raw: () => measure(plans, workers, (plan) => insertRaw(database, plan), scale),
      ours: () => measure(batches, workers, async (one) => void (await service.unify(one)), scale),
    };
    for (const who of round % 2 === 0 ? (['raw', 'ours'] as const) : (['ours', 'raw'] as const)) {
      const measured = await turns[who]();
      // Round -1 warms up.
      if (round >= 0) series[who].push(measured);
    }
    // The relay is not part of what is measured; its queue would only grow the table.
    await database.query('TRUNCATE outbox');
  }
  await relaxed.close();
  return series;
}

function toRow({ existing, batch, workers }: Case, { raw, ours }: { raw: Measured[]; ours: Measured[] }): string[] {
  const ratioOf = (figure: (one: Measured) => number): string =>
    formatSpread(spreadOf(ratios(ours.map(figure), raw.map(figure))));
  const cpu = (one: Measured): number => one.nodeMicros + one.postgresMicros;
  const middle = (series: Measured[], figure: (one: Measured) => number): string =>
    spreadOf(series.map(figure)).median.toFixed(0);
  const latencies = ours.flatMap((one) => one.latenciesMs);
  return [
    existing.toLocaleString('en'),
    String(batch),
    String(workers),
    formatSpread(spreadOf(raw.map((one) => one.perSecond)), 0),
    formatSpread(spreadOf(ours.map((one) => one.perSecond)), 0),
    ratioOf((one) => one.perSecond),
    ratioOf((one) => 1 / cpu(one)),
    `${middle(ours, (one) => one.nodeMicros)} + ${middle(ours, (one) => one.postgresMicros)}`,
    `${middle(raw, (one) => one.nodeMicros)} + ${middle(raw, (one) => one.postgresMicros)}`,
    `${quantile(latencies, 0.5).toFixed(0)} / ${quantile(latencies, 0.99).toFixed(0)}`,
  ];
}

/** Messages a second from decoded record to committed entry, beside a raw multi-row insert of the same entry rows. */
export async function benchUnifier(options: UnifierOptions): Promise<ResultTable> {
  const server = await startBenchDatabase();
  await migrate(server.url);
  const database = Database.connect(server.url, { applicationName: 'bench', max: 8, genericPlans: true });
  const rows: string[][] = [];
  try {
    await fillSenders(database, SENDERS);
    await fillVisitors(database, VISITORS);
    const visitors = new VisitorSupply(VISITORS);
    let filled = 0;
    for (const existing of options.existing) {
      await fillEntries(database, `to-${existing}-`, existing - filled);
      filled = existing;
      for (const batch of options.batches) {
        for (const workers of options.workers) {
          const one = { existing, batch, workers };
          const row = toRow(one, await runCase(database, server.pid, one, { ...options, visitors }));
          progress(`unifier ${row.join(' | ')}`);
          rows.push(row);
        }
      }
    }
  } finally {
    await database.close();
    await server.stop();
  }
  return {
    title: 'Unifier',
    about:
      `Messages of ${SENDERS.toLocaleString('en')} known senders, 5 % unknown ones, a quarter with a name; 3 % prove what is known, ` +
      `1.5 % a new identity of the sender, 0.5 % that two customers are one. Decode, claims, identities, links, customers, ` +
      `entries, conversations and outbox, beside a raw \`INSERT … SELECT unnest\` of the same entry rows into the same table and ` +
      `indexes. ${options.rounds} alternating rounds of ${options.messagesEach.toLocaleString('en')} messages; median (least–greatest).`,
    columns: [
      'existing entries',
      'batch',
      'workers',
      'raw rows/s',
      'unified/s',
      'ratio',
      'ratio by CPU',
      'our CPU µs: Node + PostgreSQL',
      'raw CPU µs',
      'batch p50 / p99 ms',
    ],
    rows,
  };
}
