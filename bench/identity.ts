import { scoreCustomers } from '@app/identity';
import { loadConfig, Metrics } from '@app/kernel';
import { checkInvariants, Database, EvidenceRepository, migrate, UnifyRepository } from '@app/persistence';
import { IdentityPolicy } from '../apps/unifier/src/unify-batch/identity-policy.js';
import { UnifyBatchService } from '../apps/unifier/src/unify-batch/unify-batch.service.js';
import { startBenchDatabase } from './support/database.js';
import { BENCH_SECRET } from './support/fill.js';
import { makeOmnichannelLog, type OmnichannelLog } from './support/omnichannel-log.js';
import {
  judgePartition,
  type PartitionQuality,
  type PlacedIdentity,
  type PrecisionRecall,
} from './support/partition-quality.js';
import { progress, type ResultTable } from './support/report.js';
import { placedIdentities, runLog } from './support/run-log.js';
import { customerRecords, CustomerTruth, storedSuggestions, type SuggestedPair } from './support/suggestion-quality.js';

/** What a run of the benchmark costs. */
export interface IdentityOptions {
  readonly people: number;
  readonly messages: number;
  /** Logs, each from a seed of its own. */
  readonly seeds: readonly number[];
  readonly workers: number;
}

/** One log, run and judged. */
interface Judged {
  readonly log: OmnichannelLog;
  readonly quality: PartitionQuality;
  readonly broken: readonly string[];
  readonly identities: number;
  readonly customers: number;
  readonly perSecond: number;
  readonly suggestions: readonly (readonly [what: string, figure: string])[];
  readonly limit: string;
}

const AIM_RECALL = 0.99;
const formatRate = (rate: number): string => rate.toFixed(4);
const formatBoth = ({ precision, recall }: PrecisionRecall): string =>
  `${formatRate(precision)} / ${formatRate(recall)}`;

/** Precision, recall of all pairs, recall of those of which somebody said something. */
function judgeSuggestions(truth: CustomerTruth, stored: readonly SuggestedPair[], scored: readonly SuggestedPair[]) {
  const [pairs, said] = [truth.pairs(), truth.saidPairs()];
  const row = (what: string, list: readonly SuggestedPair[]): [string, string] => {
    const { count, precision, recall } = truth.judge(list, pairs);
    const ofSaid = truth.judge(list, said).recall;
    return [`suggestions: ${what}`, `${count} · ${[precision, recall, ofSaid].map(formatRate).join(' / ')}`];
  };
  return [
    row(
      'strong',
      stored.filter(({ strength }) => strength === 'strong'),
    ),
    row(
      'strong and medium',
      stored.filter(({ strength }) => strength !== 'weak'),
    ),
    row('all', stored),
    ...[0.99, 0.9, 0.5].map((least) =>
      row(
        `score ≥ ${least}`,
        scored.filter(({ strength }) => Number(strength) >= least),
      ),
    ),
  ];
}

/** A log, run and compared with the truth, while its store is still open. */
interface OpenRun {
  readonly database: Database;
  readonly identities: readonly PlacedIdentity[];
  readonly quality: PartitionQuality;
  readonly seconds: number;
}

async function inStore<T>(log: OmnichannelLog, workers: number, look: (run: OpenRun) => T | Promise<T>): Promise<T> {
  const server = await startBenchDatabase();
  await migrate(server.url);
  const database = Database.connect(server.url, { applicationName: 'bench', max: 8 });
  const relaxed = database.sibling({ max: 8, genericPlans: true, relaxedCommits: true });
  try {
    const policy = IdentityPolicy.of(loadConfig({ OMNILINE_OWN_CONTACTS: log.ownContacts }), BENCH_SECRET);
    const [unify, evidence] = [new UnifyRepository(relaxed, database), new EvidenceRepository(relaxed)];
    const service = new UnifyBatchService(unify, evidence, new Metrics(), policy);
    const started = performance.now();
    const { refused } = await runLog(log, { service, database, workers });
    const seconds = (performance.now() - started) / 1000;
    if (refused < log.refusals) throw new Error(`${refused} of ${log.refusals} forged records were refused`);
    const identities = await placedIdentities(database);
    const quality = judgePartition(identities, log.truth);
    progress(`identity: ${log.messages} messages, ${quality.falseMerges} false merges`);
    return await look({ database, identities, quality, seconds });
  } finally {
    await relaxed.close();
    await database.close();
    await server.stop();
  }
}

async function suggest({ database, identities }: OpenRun, log: OmnichannelLog, workers: number) {
  const customers = [...new Set(identities.map((one) => one.customer_id))];
  const stored = await storedSuggestions(database, customers, workers);
  const scores = scoreCustomers(await customerRecords(database));
  const scored = scores.map(({ a, b, probability }) => ({ one: a, other: b, strength: probability }));
  return judgeSuggestions(new CustomerTruth(identities, log.truth), stored, scored);
}

async function runOne(seed: number, { people, messages, workers }: IdentityOptions): Promise<Judged> {
  const log = makeOmnichannelLog({ people, messages, seed });
  return await inStore(log, workers, async (run) => {
    const { database, identities, quality, seconds } = run;
    await database.query('ANALYZE');
    const invariants = await checkInvariants(database);
    return {
      log,
      quality,
      broken: invariants.filter((one) => one.broken > 0).map(({ name }) => name),
      identities: identities.length,
      customers: new Set(identities.map((one) => one.customer_id)).size,
      perSecond: log.messages / seconds,
      suggestions: await suggest(run, log, workers),
      limit: await falseMergesWithoutGuards(seed, people, workers),
    };
  });
}

/** What happens where members of a family prove one number to systems that know nothing of each other. */
async function falseMergesWithoutGuards(seed: number, everybody: number, workers: number): Promise<string> {
  const people = Math.ceil(everybody / 5);
  const log = makeOmnichannelLog({ people, messages: people * 6, seed, guardedFamilies: false });
  const falseMerges = await inStore(log, workers, ({ quality }) => quality.falseMerges);
  return `${falseMerges} of ${people} people`;
}

/** What must hold; a benchmark that finds it broken ends with an exit code of 1, after its table is printed. */
function problemsOf({ quality, broken }: Judged): string[] {
  const recall = quality.provedPairs / quality.provablePairs;
  return [
    ...(quality.falseMerges > 0 ? [`${quality.falseMerges} false merges: ${JSON.stringify(quality.examples)}`] : []),
    ...(recall < AIM_RECALL ? [`recall ${formatRate(recall)}: ${JSON.stringify(quality.missed)}`] : []),
    ...broken.map((name) => `broken: ${name}`),
  ];
}

/** Figures of one log, in the order of the table: what, aim, figure. */
function toColumn({
  log,
  quality,
  broken,
  identities,
  customers,
  perSecond,
  suggestions,
  limit,
}: Judged): readonly (readonly [string, string, string])[] {
  const { falseMerges, provablePairs, provedPairs } = quality;
  return [
    ['messages · identities · customers', '', [log.messages, identities, customers].join(' · ')],
    ['false automatic merges', '0', String(falseMerges)],
    ['over-merges for 10⁵ messages', '0', ((falseMerges * 1e5) / log.messages).toFixed(2)],
    ['provable pairs · recall', `≥ ${AIM_RECALL}`, `${provablePairs} · ${formatRate(provedPairs / provablePairs)}`],
    ['pairs P / R, against what is provable', '1 / ≥ 0.99', formatBoth(quality.pairwise)],
    ['B³ P / R, against what is provable', '', formatBoth(quality.bCubed)],
    ['pairs P / R, against all people', '', formatBoth(quality.pairwiseOfPeople)],
    ['broken invariants', '0', String(broken.length)],
    ...suggestions.map(([what, figure]): [string, string, string] => [
      `${what}: pairs · P / R / R of said`,
      '',
      figure,
    ]),
    ['false merges where nothing tells a family apart', 'a limit', limit],
    ['messages a second', '', perSecond.toFixed(0)],
  ];
}

/** Who is who in synthetic logs of a Vietnamese shop, beside the truth. Sets the exit code when somebody is merged falsely. */
export async function benchIdentity(options: IdentityOptions): Promise<ResultTable> {
  const judged: Judged[] = [];
  for (const seed of options.seeds) judged.push(await runOne(seed, options));
  for (const problem of judged.flatMap(problemsOf)) {
    progress(`identity: ${problem}`);
    process.exitCode = 1;
  }
  const columns = judged.map(toColumn);
  return {
    title: 'Who is who',
    about:
      `Synthetic logs of ${options.people.toLocaleString('en')} people each (bench/support/omnichannel-log.ts) in shuffled batches with ` +
      `repeats, ${options.workers} workers. "Provable": connected by evidence of level 3 and above between identities that one person ` +
      `alone used. "R of said": recall of the pairs of customers of which somebody said, without proof, that they are one.`,
    columns: ['', 'aim', ...options.seeds.map((seed) => `seed ${seed}`)],
    rows: columns[0]!.map(([what, aim], index) => [what, aim, ...columns.map((column) => column[index]![2])]),
  };
}
