import { loadConfig, Metrics } from '@app/kernel';
import {
  checkInvariants,
  Database,
  EvidenceRepository,
  GraphRepository,
  migrate,
  TimelineRepository,
  UnifyRepository,
  type GraphOutcome,
} from '@app/persistence';
import { IdentityPolicy } from '../apps/unifier/src/unify-batch/identity-policy.js';
import { UnifyBatchService } from '../apps/unifier/src/unify-batch/unify-batch.service.js';
import { startCpuClock } from './support/cpu-clock.js';
import { startBenchDatabase } from './support/database.js';
import { BENCH_SECRET, fillEntries, fillVisitors } from './support/fill.js';
import { aDecision, CustomerGrower, type GrownCustomer } from './support/grown-customers.js';
import { runStorm, type StormRun } from './support/merge-storm.js';
import { progress, type ResultTable } from './support/report.js';
import { quantile } from './support/statistics.js';

/** What a run of the benchmark costs. */
export interface GraphOptions {
  /** Of each size. */
  readonly rounds: number;
  /** Entries in the table. */
  readonly entries: number;
  /** Pages read of each size. */
  readonly reads: number;
  /** Anonymous visitors of the storm. */
  readonly storm: number;
}

const SIZES = [2, 10, 50, 200];
const PAGE_SIZES = [1, 10, 50, 200];
const CUSTOMERS_OF_SIZE = 10;
/** Enough for all customers, and few enough that each has a page of entries. */
const VISITORS = 4_000;
const PAGE = 50;
const DEEP_ENTRIES = 45_000;
const STORM = { batch: 500, workers: 4 };

type Row = readonly [what: string, aim: string, figure: string, cpu: string];

/** What all measurements on one database share. */
interface Bench extends GraphOptions {
  readonly database: Database;
  readonly serverPid: number;
  readonly grower: CustomerGrower;
}

const ms = (value: number): string => value.toFixed(1);
const p50AndP99 = (values: readonly number[]): string =>
  `${ms(quantile(values, 0.5))} / ${ms(quantile(values, 0.99))} ms`;

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const since = performance.now();
  const result = await work();
  return [result, performance.now() - since];
}

/** @throws Error when nothing was decided: there would be nothing to measure */
async function decided(work: () => Promise<GraphOutcome>): Promise<readonly [string, number]> {
  const [outcome, took] = await timed(work);
  if (!outcome.ok || outcome.moves.length === 0) throw new Error(`nothing decided: ${JSON.stringify(outcome)}`);
  return [outcome.moves[0]!.id, took];
}

/** Two halves merged and parted again, and merged and undone. */
async function mergeAndPart({ database, serverPid, grower, rounds }: Bench): Promise<Row[]> {
  const graph = new GraphRepository(database);
  const cpuOfSizes: number[] = [];
  const rows: Row[] = [];
  for (const size of SIZES) {
    const [merges, splits, undos]: number[][] = [[], [], []];
    const [one, other] = [await grower.grow(size / 2), await grower.grow(size / 2)];
    let cpu = startCpuClock(serverPid);
    for (let round = -1; round < rounds; round += 1) {
      if (round === 0) cpu = startCpuClock(serverPid);
      const [, merge] = await decided(() => graph.merge(other.customerId, one.customerId, aDecision()));
      const [, split] = await decided(() => graph.split(one.customerId, other.identities, aDecision()));
      const [mergeId] = await decided(() => graph.merge(other.customerId, one.customerId, aDecision()));
      const [, undo] = await decided(() => graph.undo(mergeId, aDecision()));
      if (round < 0) continue;
      merges!.push(merge);
      splits!.push(split);
      undos!.push(undo);
    }
    const cpuEach = cpu() / (4 * rounds);
    cpuOfSizes.push(cpuEach);
    const aim = size === 50 ? '< 50 ms' : '';
    const cpuText = `${ms(cpuEach)} ms`;
    rows.push([`merge to ${size} identities, p50 / p99`, '', p50AndP99(merges!), cpuText]);
    rows.push([`part ${size} identities in two, p50 / p99`, aim, p50AndP99(splits!), cpuText]);
    rows.push([`undo a merge of ${size} identities, p50 / p99`, aim, p50AndP99(undos!), cpuText]);
    progress(`graph: ${size} identities: merge, part, undo ${[merges!, splits!, undos!].map(p50AndP99).join(', ')}`);
  }
  const ratios = SIZES.map((size, index) => `${size}: ${(cpuOfSizes[index]! / cpuOfSizes[0]!).toFixed(1)}`);
  return [...rows, ['CPU of these ÷ that of 2 identities', '', '', ratios.join(' · ')]];
}

/** First pages of customers with more and more identities. */
async function readPages({ database, serverPid, grower, reads }: Bench): Promise<Row[]> {
  const timelines = new TimelineRepository(database);
  const rows: Row[] = [];
  for (const size of PAGE_SIZES) {
    const customers: GrownCustomer[] = [];
    for (let n = 0; n < CUSTOMERS_OF_SIZE; n += 1) customers.push(await grower.grow(size));
    const took: number[] = [];
    let cpu = startCpuClock(serverPid);
    for (let n = -CUSTOMERS_OF_SIZE; n < reads; n += 1) {
      if (n === 0) cpu = startCpuClock(serverPid);
      const { customerId } = customers[Math.abs(n) % CUSTOMERS_OF_SIZE]!;
      const [page, one] = await timed(() => timelines.page(customerId, PAGE));
      if (page.length !== PAGE) throw new Error(`a page of ${page.length} entries`);
      if (n >= 0) took.push(one);
    }
    const aim = size === 50 ? '< 5 ms' : '';
    rows.push([`page of ${PAGE}, ${size} identities, p50 / p99`, aim, p50AndP99(took), `${ms(cpu() / reads)} ms`]);
    progress(`graph: page of ${size} identities ${p50AndP99(took)}`);
  }
  return rows;
}

/** One text for where the entries of some identities are on disk and who wrote them: any touch changes it. */
async function entriesOnDisk(database: Database, identities: readonly string[]): Promise<string> {
  const [row] = await database.query<{ n: number; hash: string }>(
    `SELECT count(*)::int AS n, md5(string_agg(e.id::text || e.identity_id || e.ctid::text || e.xmin::text || e.xmax::text, ',' ORDER BY e.id)) AS hash
       FROM entry e WHERE e.identity_id = ANY($1::bigint[])`,
    [identities],
  );
  if (row!.n < DEEP_ENTRIES) throw new Error(`only ${row!.n} entries`);
  return row!.hash;
}

/** A merge of two customers with 45,000 entries, undone: no entry may be touched. */
async function undoDeep({ database, grower }: Bench): Promise<Row[]> {
  const graph = new GraphRepository(database);
  const [one, other] = [await grower.grow(100), await grower.grow(100)];
  const identities = [...one.identities, ...other.identities];
  await database.query(
    `INSERT INTO entry (id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind, direction,
                        occurred_at, received_at, body)
     SELECT md5('deep' || n)::uuid, ($2::bigint[])[1 + n % cardinality($2)], md5('deep' || n % cardinality($2))::uuid, 'in_deep' || n, 'c',
            'web-chat', 'livechat', 'message', 'inbound', '2025-06-01'::timestamptz + n * interval '1 minute', '2025-06-01',
            '{"content":{"type":"text","text":"Chào shop"},"provider":{"name":"site","message_id":"m"}}'
       FROM generate_series(1, $1::int) AS n`,
    [DEEP_ENTRIES, identities],
  );
  const before = await entriesOnDisk(database, identities);
  const [mergeId, merge] = await decided(() => graph.merge(other.customerId, one.customerId, aDecision()));
  const [, undo] = await decided(() => graph.undo(mergeId, aDecision()));
  const touched = (await entriesOnDisk(database, identities)) !== before;
  if (touched) process.exitCode = 1;
  const what = `200 identities with ${DEEP_ENTRIES.toLocaleString('en')} entries`;
  return [
    [`merge, ${what}`, '', `${ms(merge)} ms`, ''],
    [`undo, ${what}`, '', `${ms(undo)} ms`, ''],
    ['entries touched by both', 'none', touched ? 'some' : 'none', ''],
  ];
}

async function structure(options: GraphOptions): Promise<Row[]> {
  const server = await startBenchDatabase();
  await migrate(server.url);
  const database = Database.connect(server.url, { applicationName: 'bench', max: 4 });
  try {
    await fillVisitors(database, VISITORS);
    progress(`graph: a table of ${options.entries.toLocaleString('en')} entries`);
    await fillEntries(database, 'graph-', options.entries);
    const bench = { ...options, database, serverPid: server.pid, grower: new CustomerGrower(database) };
    return [...(await readPages(bench)), ...(await mergeAndPart(bench)), ...(await undoDeep(bench))];
  } finally {
    await database.close();
    await server.stop();
  }
}

/** Means of the first and the last quarter, which a plan that went bad or a walk over everything would drive apart. */
function stormRows({ batchMs, laneMs, seconds }: StormRun, visitors: number, cpuMs: number): Row[] {
  const quarter = Math.ceil(batchMs.length / 4);
  const [first, last] = [batchMs.slice(0, quarter), batchMs.slice(-quarter)].map((part) => quantile(part, 0.5)) as [
    number,
    number,
  ];
  const what = `storm of ${visitors.toLocaleString('en')} visitors`;
  return [
    [
      `${what}: messages a second`,
      '',
      (visitors / seconds).toFixed(0),
      `${((cpuMs * 1000) / visitors).toFixed(0)} µs each`,
    ],
    [`${what}: batch of ${STORM.batch}, p50 / p99`, '', p50AndP99(batchMs), ''],
    [
      `${what}: p50 of the first and the last quarter`,
      'flat',
      `${ms(first)} → ${ms(last)} ms (× ${(last / first).toFixed(2)})`,
      '',
    ],
    [`${what}: looks of the lane, longest`, '', `${laneMs.length}, ${ms(Math.max(0, ...laneMs))} ms`, ''],
  ];
}

/** Starts on tables that are empty and never analysed, because plans made then are kept. */
async function storm({ storm: visitors }: GraphOptions): Promise<Row[]> {
  const server = await startBenchDatabase();
  await migrate(server.url);
  const durable = Database.connect(server.url, { applicationName: 'bench', max: 8 });
  const relaxed = durable.sibling({ max: 8, genericPlans: true, relaxedCommits: true });
  try {
    const policy = IdentityPolicy.of(loadConfig({}), BENCH_SECRET);
    const [unify, evidence] = [new UnifyRepository(relaxed, durable), new EvidenceRepository(relaxed)];
    const service = new UnifyBatchService(unify, evidence, new Metrics(), policy);
    const cpu = startCpuClock(server.pid);
    const run = await runStorm(service, durable, { visitors, ...STORM });
    const cpuMs = cpu();
    progress(
      `graph: storm in ${run.seconds.toFixed(1)} s, batches ${run.batchMs.map((one) => one.toFixed(0)).join(' ')}`,
    );
    const [largest] = await durable.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM identity GROUP BY customer_id ORDER BY 1 DESC LIMIT 1',
    );
    await durable.query('ANALYZE');
    const broken = (await checkInvariants(durable)).filter((one) => one.broken > 0);
    if (broken.length > 0) process.exitCode = 1;
    return [
      ...stormRows(run, visitors, cpuMs),
      ['storm: identities of the largest customer', '≤ 200', String(largest!.n), ''],
      ['storm: broken invariants', '0', broken.map(({ name }) => name).join('; ') || '0', ''],
    ];
  } finally {
    await relaxed.close();
    await durable.close();
    await server.stop();
  }
}

/** Speed of structure: who is who, changed and taken back. */
export async function benchGraph(options: GraphOptions): Promise<ResultTable> {
  const rows = [...(await structure(options)), ...(await storm(options))];
  return {
    title: 'Structure',
    about:
      `Merges, partings and pages in a table of ${options.entries.toLocaleString('en')} entries, ${options.rounds} rounds of each size; ` +
      `a storm of anonymous visitors of one customer with ${STORM.workers} workers on a database that was empty and never analysed.`,
    columns: ['', 'aim', 'time', 'CPU of client and server, mean'],
    rows,
  };
}
