import { compareRecords, findCandidates, learnModel, scoreVector } from '@app/identity';
import { febrlBlockingKeys, febrlComparisons } from './support/febrl-comparisons.js';
import { FEBRL_COLUMNS, loadFebrl, type FebrlColumn, type FebrlRecord, type FebrlSet } from './support/febrl-data.js';
import { bestPairF1, clusterQuality, pairQuality, type Quality, type ScoredPair } from './support/linkage-quality.js';
import { installPython, runPython } from './support/python-packages.js';
import { progress, type ResultTable } from './support/report.js';

const THRESHOLD = 0.99;
const SPLINK = ['splink==5.0.0', 'duckdb==2.0.1'];
const SPLINK_SCRIPT = 'bench/support/splink_febrl.py';

/** Which columns a program is given. */
interface ColumnChoice {
  readonly name: string;
  readonly columns: readonly FebrlColumn[];
}

const NOTEBOOK_COLUMNS: readonly FebrlColumn[] = [
  'given_name',
  'surname',
  'street_number',
  'postcode',
  'date_of_birth',
  'soc_sec_id',
];
const CHOICES: readonly ColumnChoice[] = [
  { name: 'all', columns: FEBRL_COLUMNS },
  { name: 'without soc_sec_id', columns: FEBRL_COLUMNS.filter((column) => column !== 'soc_sec_id') },
  { name: "the notebooks' six", columns: NOTEBOOK_COLUMNS },
];

/** What Splink's notebooks print for the pairs at p ≥ 0.99 (read 2026-11-25). */
const PUBLISHED: Readonly<Record<string, Quality>> = {
  Febrl3: { precision: 1, recall: 0.963, f1: 0.9811 },
  Febrl4: { precision: 1, recall: 0.9916, f1: 0.9958 },
};

function scoreOurs({ records, isLink }: FebrlSet, columns: readonly FebrlColumn[]): ScoredPair[] {
  const comparisons = febrlComparisons(columns);
  const mayPair = isLink ? (a: FebrlRecord, b: FebrlRecord): boolean => a.list !== b.list : undefined;
  const { pairs } = findCandidates(records, { keysOf: febrlBlockingKeys(columns), mayPair });
  const model = learnModel({ records, comparisons, candidates: pairs, mayPair });
  if (model === undefined) throw new Error('too few pairs look like matches to learn from');
  return pairs.map(([first, second]) => {
    const [a, b] = [records[first]!, records[second]!];
    return { a: a.id, b: b.id, probability: scoreVector(model, compareRecords(comparisons, a, b)).probability };
  });
}

async function scoreSplink(folder: string, set: FebrlSet, model: string, choice: ColumnChoice): Promise<ScoredPair[]> {
  const pairs = (await runPython(folder, SPLINK_SCRIPT, [model, choice.columns.join(), ...set.files])) as [
    string,
    string,
    number,
  ][];
  return pairs.map(([a, b, probability]) => ({ a, b, probability }));
}

const show = (value: number): string => value.toFixed(4);
const showQuality = ({ precision, recall, f1 }: Quality): string[] => [precision, recall, f1].map(show);

function toRow(
  set: FebrlSet,
  choice: ColumnChoice,
  program: string,
  pairs: readonly ScoredPair[],
  since: number,
): string[] {
  const seconds = ((performance.now() - since) / 1_000).toFixed(1);
  return [
    set.name,
    choice.name,
    program,
    ...showQuality(pairQuality(pairs, set.truth, THRESHOLD)),
    ...showQuality(clusterQuality(pairs, set.truth, THRESHOLD)),
    show(bestPairF1(pairs, set.truth)),
    seconds,
  ];
}

/** What was fetched, or nothing when it cannot be had here. */
async function fetched<T>(name: string, fetch: () => Promise<T>): Promise<T | undefined> {
  try {
    return await fetch();
  } catch (cause) {
    progress(`febrl: ${name} cannot be fetched: ${String(cause)}`);
    return undefined;
  }
}

const COLUMNS = [
  'set',
  'columns',
  'program',
  'pairs: precision',
  'recall',
  'F1',
  'clustered: precision',
  'recall',
  'F1',
  'best pair F1',
  'seconds',
];

/** A row that has no figures behind its words. */
function shortRow(...words: readonly string[]): string[] {
  return [...words, ...COLUMNS.slice(words.length).map(() => '–')];
}

async function splinkRows(set: FebrlSet, choice: ColumnChoice): Promise<string[][]> {
  const splink = await fetched('Splink', () => installPython('splink', SPLINK, { withDependencies: true }));
  if (splink === undefined) return [shortRow(set.name, choice.name, 'Splink could not be fetched')];
  const model = choice.columns === NOTEBOOK_COLUMNS ? 'notebook' : 'columns';
  const since = performance.now();
  const pairs = await scoreSplink(splink, set, model, choice);
  return [toRow(set, choice, model === 'notebook' ? "Splink, its notebook's model" : 'Splink', pairs, since)];
}

function publishedRows(set: FebrlSet, choice: ColumnChoice): string[][] {
  const published = PUBLISHED[set.name];
  if (published === undefined || choice.columns !== NOTEBOOK_COLUMNS) return [];
  return [shortRow(set.name, choice.name, "Splink's notebook, as published", ...showQuality(published))];
}

/** What a run of the benchmark costs. */
export interface FebrlOptions {
  /** Which sets; all of them when absent. */
  readonly sets?: readonly string[];
}

/** How well duplicates are found without labels, beside Splink on the same records and columns. */
export async function benchFebrl(options: FebrlOptions = {}): Promise<ResultTable> {
  const rows: string[][] = [];
  const sets = await fetched('Febrl', loadFebrl);
  if (sets === undefined) rows.push(shortRow('Febrl could not be fetched'));
  for (const set of sets ?? []) {
    if (options.sets?.includes(set.name) === false) continue;
    for (const choice of CHOICES) {
      progress(`febrl: ${set.name}, columns ${choice.name}`);
      const since = performance.now();
      rows.push(toRow(set, choice, 'ours', scoreOurs(set, choice.columns), since));
      rows.push(...(await splinkRows(set, choice)), ...publishedRows(set, choice));
    }
  }
  return {
    title: 'Finding duplicates (Febrl)',
    about:
      'Unsupervised; nothing is told of the truth. Pairs at p ≥ 0.99, then all pairs of the groups that those connect. ' +
      'Our comparisons were chosen on Febrl2 alone; Febrl1, 3 and 4 are hold-outs. The best F1 at any threshold needs labels, ' +
      "and shows how well pairs are ranked. Splink is given the same columns, its notebooks' comparisons for six of them and " +
      'its standard comparisons for the others.',
    columns: COLUMNS,
    rows,
  };
}
