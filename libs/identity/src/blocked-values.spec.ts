import type { IdentityKind } from '@app/contracts';
import { isBlockedValue } from './blocked-values.js';

const KINDS: readonly IdentityKind[] = [
  'phone',
  'messenger_psid',
  'facebook_user',
  'zalo_user',
  'zalo_app_user',
  'livechat_visitor',
  'external',
];

/** Ways in which programs, forms and people with something to hide write the same word. */
const SPELLINGS: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => `${word[0]!.toUpperCase()}${word.slice(1)}`,
  (word) => `  ${word}\t`,
  (word) => `\u00a0${word}\u3000`,
  (word) => `"${word}"`,
  (word) => `'${word}'`,
  (word) => `<${word}>`,
  (word) => `(${word})`,
  (word) => `[${word}]`,
  (word) => `{${word}}`,
  (word) => `--${word}--`,
  (word) => `${word}.`,
  (word) => `${word};`,
  (word) => [...word].join(' '),
  (word) => [...word].join('\u200b'),
  (word) => `\ufeff${word}\u2060`,
  (word) => [...word].join('\u00ad'),
  (word) => word.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  (word) => word.replace(/a/g, 'а').replace(/o/g, 'о').replace(/e/g, 'е'),
  (word) => word.replace(/n/g, 'ո').replace(/u/g, 'υ').replace(/i/g, 'і'),
  (word) => [...word].map((letter) => `${letter}\u0301`).join(''),
];
const WORDS = [
  'null',
  'undefined',
  'none',
  'nil',
  'N/A',
  'unknown',
  'anonymous',
  'không có',
  'chưa có',
  'khong co',
  'test',
];
const SIGNS = [
  '',
  ' ',
  '-',
  '--',
  '———',
  '...',
  '___',
  '???',
  '***',
  '0',
  '000',
  '0000000000',
  '+',
  '+0',
  '0-0',
  'x',
  'XXX',
  '\u200b',
  '\u0000',
  '０００',
];

const spellings = WORDS.flatMap((word) => SPELLINGS.map((spell) => spell(word)));

describe('what identifies nobody', () => {
  it('is "none" in each of over 200 spellings, for each kind', () => {
    const slipped = spellings.filter((text) => !KINDS.every((kind) => isBlockedValue(kind, text)));
    expect(slipped).toEqual([]);
    expect(new Set(spellings).size).toBeGreaterThan(200);
  });

  it.each(SIGNS)('is %j', (text) => {
    expect(KINDS.filter((kind) => !isBlockedValue(kind, text))).toEqual([]);
  });

  it.each([
    ['[object Object]'],
    ['NaN'],
    ['0'.repeat(1000)],
    [' '.repeat(1000)],
    ['-'.repeat(300)],
    ['khách vãng lai'],
  ])('is %j', (text) => expect(isBlockedValue('external', text)).toBe(true));

  it.each([['123456789'], ['0123456789'], ['1234567890'], ['987654321'], ['11111111'], ['1111']])(
    'is the filler %s where people write the value, not where a platform counts',
    (text) => {
      expect(isBlockedValue('external', text)).toBe(true);
      expect(isBlockedValue('phone', text)).toBe(true);
    },
  );

  it.each([
    ['+84900000000'],
    ['0900000000'],
    ['0900 000 000'],
    ['84999999999'],
    ['+84 99 999 99 99'],
    ['+84123456789'],
  ])('is the sample number %s', (text) => expect(isBlockedValue('phone', text)).toBe(true));

  it.each([
    ['test@khach.example'],
    ['null@khach.example'],
    ['None@khach.example'],
    ['khong.co@khach.example'],
    ['không-có@khach.example'],
    ['null@khach.example'.replace('u', 'υ')],
    ['n\u200bull@khach.example'],
    ['guest@khach.example'],
    ['khách@khach.example'],
    ['Khach.Hang@khach.example'],
    ['n/a@khach.example'],
    ['0000@khach.example'],
    ['...@khach.example'],
    ['null'],
    [''],
  ])('is the address %j', (text) => {
    expect(isBlockedValue('email', text)).toBe(true);
    expect(isBlockedValue('email_unverified', text)).toBe(true);
  });
});

describe('what identifies somebody', () => {
  it.each<[IdentityKind, string]>([
    ['phone', '+84912345678'],
    ['phone', '+84988888888'],
    ['phone', '+84912345670'],
    ['email', 'na@khach.example'],
    ['email', 'khach.hang.nguyen@khach.example'],
    ['email', 'nguyen.van.khong@khach.example'],
    ['email', 'info@khach.example'],
    ['email', '0901234567@khach.example'],
    ['messenger_psid', '7412345678900001'],
    ['messenger_psid', '123456789'],
    ['messenger_psid', '1234'],
    ['zalo_user', '0123456789'],
    ['zalo_user', '1000000000000000000'],
    ['external', 'KH-000123'],
    ['external', 'nullius'],
    ['external', '客户'],
    ['livechat_visitor', 'b3f0a1'],
    ['external', 'a'.repeat(500)],
  ])('%s %j', (kind, value) => {
    expect(isBlockedValue(kind, value)).toBe(false);
  });

  it('is every label: it identifies nobody anyway', () => {
    expect(isBlockedValue('sender_label', 'null')).toBe(false);
  });
});
