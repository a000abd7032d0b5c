import { idOf, listOf, numberOf, objectOf, textOf } from './fields.js';
import { instantOf } from './instant-of.js';

describe('idOf', () => {
  it.each([
    ['text', '7412345678900001', '7412345678900001'],
    ['a number', 7412345678900001, '7412345678900001'],
    ['zero', 0, '0'],
    ['a lone surrogate', 'm_\ud83d', 'm_\uFFFD'],
    ['NUL, which PostgreSQL refuses', 'm_\u0000', 'm_\uFFFD'],
    ['nothing', undefined, undefined],
    ['empty text', '', undefined],
    ['a fraction', 1.5, undefined],
    ['an object', { id: '1' }, undefined],
    ['null', null, undefined],
    ['2,048 characters', 'x'.repeat(2048), 'x'.repeat(2048)],
    ['2,049 characters', 'x'.repeat(2049), undefined],
  ])('reads %s', (_label, value, expected) => {
    expect(idOf(value)).toBe(expected);
  });
});

describe('objectOf, listOf and textOf', () => {
  it.each([
    ['an object', { a: 1 }, { a: 1 }, [], undefined],
    ['an array', [1], undefined, [1], undefined],
    ['text', 'ạ', undefined, [], 'ạ'],
    ['empty text', '', undefined, [], undefined],
    ['null', null, undefined, [], undefined],
  ])('read %s', (_label, value, object, list, text) => {
    expect([objectOf(value), listOf(value), textOf(value)]).toEqual([object, list, text]);
  });
});

describe('numberOf', () => {
  it.each([
    [1.5, 1.5],
    ['-2', -2],
    ['10.7725', 10.7725],
    ['1e9', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [true, undefined],
  ])('reads %j', (value, expected) => {
    expect(numberOf(value)).toBe(expected);
  });
});

describe('instantOf', () => {
  const noon = Date.UTC(2026, 0, 1);
  it.each([
    ['milliseconds', noon, noon],
    ['milliseconds as text', String(noon), noon],
    ['seconds', noon / 1000, noon],
    ['seconds as text', String(noon / 1000), noon],
    ['a time zone without a colon', '2026-01-01T00:00:00+0000', noon],
    ['ISO 8601 in another zone', '2026-01-01T07:00:00+07:00', noon],
    ['the least number of milliseconds', 1e11, 1e11],
    ['the greatest number of seconds', 1e11 - 1, (1e11 - 1) * 1000],
    ['zero', 0, 0],
    ['more than a date holds', '4977069964384421269', undefined],
    ['words', 'hôm qua', undefined],
    ['an impossible date', '2026-13-45T00:00:00Z', undefined],
    ['nothing', undefined, undefined],
  ])('reads %s', (_label, value, expected) => {
    expect(instantOf(value)).toBe(expected);
  });
});
