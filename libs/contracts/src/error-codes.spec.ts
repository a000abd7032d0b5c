import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEAD_LETTER_CODES, PROBLEMS } from './error-codes.js';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');

/** Cells of the rows below a heading, without the two rows of the table's head. */
function rowsBelow(heading: string): string[][] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codeOf = (cell = ''): string => cell.replaceAll('`', '');

describe('docs/errors.md', () => {
  it('lists every problem with its status and title', () => {
    const listed = rowsBelow('Problem documents').map(([code, status, title]) => [codeOf(code), Number(status), title]);
    const coded = Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, status, title]);
    expect(listed).toEqual(coded);
  });

  it('lists every code of a dead letter', () => {
    expect(rowsBelow('Dead letters').map(([code]) => codeOf(code))).toEqual([...DEAD_LETTER_CODES]);
  });

  it('says for each what to do', () => {
    const rows = [...rowsBelow('Problem documents'), ...rowsBelow('Dead letters')];
    expect(rows.filter((row) => (row.at(-1) ?? '').length < 20)).toEqual([]);
  });
});
