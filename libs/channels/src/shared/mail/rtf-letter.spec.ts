import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { HTML_LETTER, TEXT_LETTER } from './fixtures/rtf-letters.js';
import { decompressRtf } from './lzfu.js';
import { readRtf } from './rtf-letter.js';

const LIMIT = 2_000_000;
const latin1 = (rtf: string): Buffer => Buffer.from(rtf, 'latin1');
const textOf = (body: string, head: string): string | undefined =>
  readRtf(latin1(`{\\rtf1\\ansi${head} ${body}}`), LIMIT)?.text.normalize('NFC');

describe('a letter in RTF', () => {
  it.each([
    ['html', HTML_LETTER],
    ['text', TEXT_LETTER],
  ])('of Outlook is the %s that was wrapped, as another program reads it', (kind, { compressed, expected }) => {
    const rtf = decompressRtf(Buffer.from(compressed, 'base64'), LIMIT)!;
    const letter = readRtf(rtf, LIMIT)!;
    expect([letter.kind, letter.text.normalize('NFC')]).toEqual([kind, expected]);
  });

  it.each<[string, string, string, string?]>([
    ['bytes of Vietnamese Windows', "Ti\\'ea\\'ecng Vi\\'ea\\'f2t", 'Tiếng Việt', '\\ansicpg1258'],
    ['bytes of western Windows', "Ch\\'e0o, \\'93gi\\'e1\\'94", 'Chào, “giá”'],
    ['bytes of UTF-8', "kh\\'c3\\'b4ng \\'e1\\'ba\\'a1", 'không ạ', '\\ansicpg65001'],
    ['bytes that are not escaped', 'Ch\u00e0o', 'Chào'],
    ['a code page that nobody knows', "Ch\\'e0o", 'Chào', '\\ansicpg9'],
    ['a font of another language', "{\\fonttbl{\\f1\\fcharset163 Arial;}}\\'f2 {\\f1 e\\'f2}\\'f2", 'ò ẹò'],
    ['a font until the letters are plain', "{\\fonttbl{\\f1\\fcharset204 A;}}\\f1 \\'e0\\plain \\'e0", 'аà'],
    ['the font of the document', "{\\fonttbl{\\f3\\fcharset204 A;}}\\'e0", 'а', '\\ansicpg1252\\deff3'],
    ['Unicode, which is written again for others', 'kh\\u244?ng \\u7841?', 'không ạ'],
    ['Unicode that is written again in two bytes', "\\uc2 \\u7841\\'61\\'2ex", 'ạx'],
    ['Unicode that is not written again', '{\\uc0 \\u7841\\u7879 }\\u7841?!', 'ạệạ!'],
    ['Unicode that is written again by a word', '\\u8220\\ldblquote a\\u8221\\rdblquote', '“a”'],
    ['Unicode whose repeat is left out', 'kh{\\u244}ng', 'không'],
    ['Unicode in two halves', '\\uc1\\u-10179?\\u-8704?', '😀'],
    ['half a character', '\\u-10179?x', '\ufffdx'],
    ['lines', 'một\\par hai\\line ba\\\nbốn'.replace('ộ', '\\u7897?').replace('ố', '\\u7889?'), 'một\nhai\nba\nbốn'],
    ['line breaks of the file, which mean nothing', 'a\r\nb', 'ab'],
    ['rows', 'Size\\cell M\\cell\\row 2', 'Size\tM\t\n2'],
    ['symbols', '\\{a\\}\\\\b\\~c\\_d\\-e', '{a}\\b\u00a0c\u2011de'],
    ['a link by its words', '{\\field{\\*\\fldinst HYPERLINK "https://x.example"}{\\fldrslt xem}}', 'xem'],
    ['no lists, colours, pictures and notes of programs', '{\\colortbl;\\red1;}{\\pict 89504e}{\\*\\abc x}a', 'a'],
    ['no binary data', '\\bin5 {{{{{a', 'a'],
    ['no marks of HTML where there is none', '{\\*\\htmltag64 <p>}a\\htmlrtf b', 'ab'],
  ])('reads %s', (_what, body, expected, head = '\\ansicpg1252') => {
    expect(textOf(body, head)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['another file', '%PDF-1.7'],
    ['a letter without words', '{\\rtf1\\ansi\\par \\tab}'],
    ['a head', '{\\rtf1'],
  ])('is none: %s', (_what, rtf) => {
    expect(readRtf(latin1(rtf), LIMIT)).toBeUndefined();
  });

  it('keeps the words before a cut', () => {
    for (const cut of ['{\\rtf1 Chao{\\b', '{\\rtf1 Chao\\', "{\\rtf1 Chao\\'", '{\\rtf1 Chao\\bin9 x']) {
      expect(readRtf(latin1(cut), LIMIT)?.text).toBe('Chao');
    }
  });

  it('ends with its group, and at the limit', () => {
    expect(readRtf(latin1('{\\rtf1 a}b'), LIMIT)?.text).toBe('a');
    expect(readRtf(latin1(`{\\rtf1 ${'a'.repeat(50)}}`), 10)?.text).toBe('a'.repeat(10));
  });

  it('ends where groups are nested deeper than anybody nests them', () => {
    const nested = (depth: number) => readRtf(latin1(`{\\rtf1 a${'{'.repeat(depth)}b`), LIMIT)?.text;
    expect([nested(999), nested(1_000)]).toEqual(['ab', 'a']);
  });

  it('never throws and makes no more than there is', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '\\',
      '\\*',
      "\\'",
      "\\'e0",
      '\\u',
      '\\u-1',
      '\\uc9',
      '\\bin',
      'a',
      '\\par',
      '9',
    );
    const word = fc.constantFrom(
      '\\htmltag64',
      '\\htmlrtf',
      '\\fonttbl',
      '\\f1',
      '\\fcharset163',
      '\\fromhtml1',
      '-',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, word, fc.string()), { maxLength: 60 }), (pieces) => {
        const rtf = Buffer.from(`{\\rtf1${pieces.join('')}`);
        expect(readRtf(rtf, LIMIT)?.text.length ?? 0).toBeLessThanOrEqual(rtf.length);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a megabyte of hostile RTF is read in two seconds', () => {
  it.each([
    ['groups within groups', '{'],
    ['empty groups', '{}'],
    ['ends', '}'],
    ['lines', '\\par '],
    ['Unicode', '\\u7841?'],
    ['escapes', "\\'ea"],
    ['escapes without digits', "\\'"],
    ['backslashes', '\\'],
    ['words', '\\abcdefghij'],
    ['a word without an end', 'a'],
    ['digits', '\\u9999999999'],
    ['stars', '{\\*\\a b}'],
    ['pieces of HTML', '{\\*\\htmltag64 <p>}'],
    ['fonts', '{\\fonttbl{\\f1\\fcharset163 A;}}'],
    ['changing fonts', '\\f1 \\f2 a'],
    ['binary data', '\\bin1 x'],
    ['line breaks', '\r\n'],
  ])('%s', async (_what, piece) => {
    const rtf = latin1(`{\\rtf1\\ansicpg1258\\fromhtml1 ${piece.repeat(Math.ceil(1_000_000 / piece.length))}`);
    expect(await cpuMillisOf(() => readRtf(rtf, LIMIT))).toBeLessThan(2_000);
  });
});
