import { z } from 'zod';
import { Cursors, type CursorScope } from './cursor.js';
import { ProblemError } from './problem.js';

const cursors = new Cursors('mot-bi-mat-chi-dung-trong-thu-nghiem');
const scope: CursorScope = { use: 'timeline', filter: '["7",["sms"]]' };
const shape = z.object({ at: z.string(), id: z.string() });
const place = { at: '2026-11-20 08:15:02.113456+00', id: 'bưởi' };
const sealed = cursors.seal(scope, place);
const [body, signature] = sealed.split('.') as [string, string];

function refusalOf(cursor: string, of: CursorScope = scope, by = cursors): unknown {
  try {
    return by.open(of, cursor, shape, '/before');
  } catch (error) {
    return error instanceof ProblemError ? { code: error.code, errors: error.options.errors } : error;
  }
}
const REFUSED = {
  code: 'validation-failed',
  errors: [{ pointer: '/before', code: 'cursor_invalid', detail: 'not a cursor of this request' }],
};

describe('a cursor', () => {
  it('gives back the place for the request that it was made for', () => {
    expect(cursors.open(scope, sealed, shape, '/before')).toEqual(place);
    expect(sealed).toMatch(/^[\w-]+\.[\w-]{22}$/);
  });

  it('holds after a restart: the same secret makes the same cursor', () => {
    expect(new Cursors('mot-bi-mat-chi-dung-trong-thu-nghiem').seal(scope, place)).toBe(sealed);
  });

  const other = Buffer.from(JSON.stringify({ ...place, id: 'khác' })).toString('base64url');
  it.each([
    ['another place under the same signature', `${other}.${signature}`],
    ['no signature', body],
    ['an empty signature', `${body}.`],
    ['a shortened signature', `${body}.${signature.slice(0, -2)}`],
    ['a longer signature', `${sealed}AAAA`],
    ['something behind', `${sealed}.x`],
    ['nothing', ''],
    ['any text', 'không phải con trỏ'],
  ])('is refused with %s', (_label, cursor) => {
    expect(refusalOf(cursor)).toEqual(REFUSED);
  });

  it('is refused with any one character changed', () => {
    // The last character of the signature carries four bits that base64 ignores.
    const changed = Array.from(
      sealed.slice(0, -1),
      (sign, index) => sealed.slice(0, index) + (sign === 'A' ? 'B' : 'A') + sealed.slice(index + 1),
    );
    for (const cursor of changed) expect(refusalOf(cursor)).toEqual(REFUSED);
  });

  it.each([
    ['for another use', { ...scope, use: 'customers' }],
    ['with another filter', { ...scope, filter: '["7",["email"]]' }],
    ['of another customer', { ...scope, filter: '["8",["sms"]]' }],
  ] as const)('is refused %s', (_label, of) => {
    expect(refusalOf(sealed, of)).toEqual(REFUSED);
  });

  it('is refused by another installation', () => {
    expect(refusalOf(sealed, scope, new Cursors('bi-mat-cua-mot-noi-khac-hoan-toan-00'))).toEqual(REFUSED);
  });
});
