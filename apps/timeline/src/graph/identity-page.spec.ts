import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GRAPH_LIMITS } from '@app/identity';
import { COMMON } from '@app/persistence';
import { methodsOf } from '../http/addresses.js';
import { GUARDS } from './in-words.js';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/identity.md'), 'utf8');
const SOURCES = ['suggestions.mapper.ts', 'objections.ts']
  .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
  .join('\n');

/** First cells of the rows below a heading, without the head of the table and without marks. */
function firstCells(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|')[1]!.trim().replaceAll('`', ''));
}

describe('docs/identity.md', () => {
  it('lists every guard', () => {
    expect(firstCells('Guards').toSorted()).toEqual(Object.keys(GUARDS).toSorted());
  });

  it('names addresses that there are, with a method that they take', () => {
    const addresses = ['What one can do', 'What a person may ask for']
      .flatMap(firstCells)
      .map((cell) => cell.split(' '));
    expect(addresses).toHaveLength(16);
    for (const [method, ...address] of addresses) {
      const url = address.join(' ').replace(/<[^>]+>/g, 'x');
      expect([url, methodsOf(url)]).toEqual([url, expect.arrayContaining([method])]);
    }
  });

  it('lists every code of a suggestion, and says which way it speaks', () => {
    const coded = [...SOURCES.matchAll(/code: [`'](\w+)/g)].map(([, code]) => code!.replace(/^guard_$/, 'guard_…'));
    // Whoever is forbidden is not suggested; the word is for `why` and for previews.
    const shown = new Set(coded.filter((code) => code !== 'forbidden'));
    expect(firstCells('What is suggested').toSorted()).toEqual([...shown].toSorted());
  });

  it('names the limits that hold', () => {
    const words = ['none', 'one', 'two', 'three', 'four', 'five'];
    expect(PAGE).toContain(`More than ${GRAPH_LIMITS.identitiesByProof} identities that proof alone joins`);
    expect(PAGE).toContain(`more than ${GRAPH_LIMITS.identities} identities`);
    expect(PAGE).toContain(`An agent merges them, up to ${GRAPH_LIMITS.identities}`);
    expect(PAGE).toContain(`more than ${words[GRAPH_LIMITS.perContactKind]!} numbers or addresses`);
    expect(PAGE).toContain(`more than ${words[GRAPH_LIMITS.claimantsOfOne]!} people of one account`);
    expect(PAGE.match(new RegExp(`more than ${words[COMMON]!} (claimed|others)`, 'g'))).toHaveLength(2);
  });
});
