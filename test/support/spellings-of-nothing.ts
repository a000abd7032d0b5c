/** Words that people, forms and programs write where there is nothing to write. */
const WORDS = [
  'null',
  'undefined',
  'none',
  'nil',
  'n/a',
  'unknown',
  'anonymous',
  'không có',
  'chưa có',
  'khong co',
  'test',
  'guest',
  'khách',
];

const fullWidth = (word: string): string =>
  word.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
const LOOK_ALIKES: Readonly<Record<string, string>> = { a: 'а', e: 'е', o: 'о', c: 'с', u: 'υ', n: 'ո', i: 'і' };

/** Ways to write a word, with and without bad intent. */
const SPELL: readonly ((word: string) => string)[] = [
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => `${word[0]!.toUpperCase()}${word.slice(1)}`,
  (word) => [...word].map((letter, at) => (at % 2 === 0 ? letter : letter.toUpperCase())).join(''),
  (word) => word.normalize('NFD'),
  (word) => `"${word}"`,
  (word) => `'${word}'`,
  (word) => `<${word}>`,
  (word) => `(${word})`,
  (word) => `[${word}]`,
  (word) => `{{${word}}}`,
  (word) => `--${word}--`,
  (word) => `${word}.`,
  (word) => `${word};`,
  (word) => `\\${word}`,
  (word) => [...word].join(' '),
  (word) => [...word].join('.'),
  (word) => [...word].join('\u200b'),
  (word) => `\ufeff${word}\u2060`,
  (word) => [...word].join('\u00ad'),
  fullWidth,
  (word) => fullWidth(word.toUpperCase()),
  (word) => [...word].map((letter) => LOOK_ALIKES[letter] ?? letter).join(''),
  (word) => `${word}\u0301`,
];

const SIGNS = [
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
  '+0',
  'x',
  'XXX',
  '０００',
  '[object Object]',
  'NaN',
];

/** "Nothing" in more than 300 spellings, none of which has blanks around it or control characters. */
export const SPELLINGS_OF_NOTHING: ReadonlySet<string> = new Set([
  ...WORDS.flatMap((word) => SPELL.map((spell) => spell(word))),
  ...SIGNS,
]);

/** Spellings that name nobody before an `@` either; `na@`, `guest@` and `khach@` may well be somebody's mailbox. */
export const MAILBOXES_OF_NOBODY: ReadonlySet<string> = new Set(
  WORDS.filter((word) => !['n/a', 'guest', 'khách'].includes(word)).flatMap((word) =>
    SPELL.map((spell) => spell(word)),
  ),
);
