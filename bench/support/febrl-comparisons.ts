import { editDistance, jaroWinkler, type Agreement, type FieldComparison } from '@app/identity';
import type { FebrlColumn, FebrlRecord } from './febrl-data.js';

const CLOSE = 0.9;
const ALIKE = 0.75;

const withoutBlanks = (text: string): string => (text.includes(' ') ? text.replaceAll(' ', '') : text);

/** Words with a slip or two, or run together. */
const isClose = (a: string, b: string): boolean =>
  editDistance(a, b, 1) <= 1 || jaroWinkler(a, b) >= CLOSE || withoutBlanks(a) === withoutBlanks(b);

const levelsOf = (column: FebrlColumn, names: readonly string[]): FieldComparison<FebrlRecord>['levels'] =>
  [...names, 'differs'].map((name) => ({ code: `${column}_${name}`, agrees: name !== 'differs' && name !== 'alike' }));

/** Columns whose values get into each other's place. */
const PARTNERS: Partial<Record<FebrlColumn, FebrlColumn>> = {
  given_name: 'surname',
  surname: 'given_name',
  address_1: 'address_2',
  address_2: 'address_1',
};

/** Whether two columns of one side hold what the other side has the other way round. */
function isSwapped(a: FebrlRecord, b: FebrlRecord, [column, partner]: readonly [FebrlColumn, FebrlColumn]): boolean {
  const [x, partnerOfX, y, partnerOfY] = [a.values[column], a.values[partner], b.values[column], b.values[partner]];
  return partnerOfX !== '' && partnerOfY !== '' && isClose(x, partnerOfY) && isClose(partnerOfX, y);
}

/** A column of words: the same, close, in its partner's place, alike, or not. */
function compareWords(column: FebrlColumn): FieldComparison<FebrlRecord> {
  const partner = PARTNERS[column];
  return {
    field: column,
    levels: levelsOf(column, ['same', 'close', 'swapped', 'alike']),
    compare(a, b): Agreement | undefined {
      const [x, y] = [a.values[column], b.values[column]];
      if (x === '' || y === '') return undefined;
      if (x === y) return { level: 0, terms: [x] };
      if (isClose(x, y)) return { level: 1 };
      // A swap is one finding: it counts with the first of the two columns, and the second says nothing.
      if (partner !== undefined && isSwapped(a, b, [column, partner]))
        return column < partner ? { level: 2 } : undefined;
      return { level: jaroWinkler(x, y) >= ALIKE ? 3 : 4 };
    },
    termsOf: ({ values }) => (values[column] === '' ? [] : [values[column]]),
  };
}

/** A column of digits: the same, one slip, two slips, or more. */
function compareDigits(column: FebrlColumn): FieldComparison<FebrlRecord> {
  return {
    field: column,
    levels: levelsOf(column, ['same', 'slip', 'alike']),
    compare(a, b): Agreement | undefined {
      const [x, y] = [a.values[column], b.values[column]];
      return x === '' || y === '' ? undefined : { level: editDistance(x, y, 2) };
    },
  };
}

/** A column of few values: the same or not. */
function compareExactly(column: FebrlColumn): FieldComparison<FebrlRecord> {
  return {
    field: column,
    levels: levelsOf(column, ['same', 'slip']),
    compare(a, b): Agreement | undefined {
      const [x, y] = [a.values[column], b.values[column]];
      if (x === '' || y === '') return undefined;
      return x === y ? { level: 0, terms: [x] } : { level: editDistance(x, y, 1) };
    },
    termsOf: ({ values }) => (values[column] === '' ? [] : [values[column]]),
  };
}

const COMPARISONS: Readonly<Record<FebrlColumn, FieldComparison<FebrlRecord>>> = {
  given_name: compareWords('given_name'),
  surname: compareWords('surname'),
  street_number: compareExactly('street_number'),
  address_1: compareWords('address_1'),
  address_2: compareWords('address_2'),
  suburb: compareWords('suburb'),
  postcode: compareDigits('postcode'),
  state: compareExactly('state'),
  date_of_birth: compareDigits('date_of_birth'),
  soc_sec_id: compareDigits('soc_sec_id'),
};

/** The comparisons of the columns given, in their order. */
export const febrlComparisons = (columns: readonly FebrlColumn[]): FieldComparison<FebrlRecord>[] =>
  columns.map((column) => COMPARISONS[column]);

/** Columns with too few values to look under. */
const TOO_COMMON: ReadonlySet<FebrlColumn> = new Set(['state', 'street_number']);

/** Every telling value of the columns given; names and address lines in one drawer, since they get swapped. */
export function febrlBlockingKeys(columns: readonly FebrlColumn[]): (record: FebrlRecord) => string[] {
  const telling = columns.filter((column) => !TOO_COMMON.has(column));
  return ({ values }) =>
    telling.flatMap((column) => {
      const drawer = [column, PARTNERS[column] ?? column].sort()[0]!;
      return values[column] === '' ? [] : [`${drawer} ${values[column]}`];
    });
}
