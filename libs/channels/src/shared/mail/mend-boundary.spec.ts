import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { mendBoundary } from './mend-boundary.js';
import { parseMime } from './parse-mime.js';
import { prepareSource } from './prepare-source.js';

const aMail = (type: string, body: readonly string[]): Buffer =>
  Buffer.from(['From: ha@khach.example', `Content-Type: ${type}`, 'Subject: a', '', ...body].join('\r\n'));
const PARTS = ['--ranh', 'Content-Type: text/plain; charset=utf-8', '', 'Chào shop', '--ranh--'];

async function readingOf(source: Buffer) {
  const result = await parseMime(prepareSource(source).bytes, { timeoutMs: 5_000 });
  return result.ok ? [result.mime.text?.trim(), result.mime.headers.get('subject')] : result.reason;
}

describe('a mail in parts', () => {
  it.each([
    ['names no boundary', 'multipart/mixed', PARTS],
    ['names another boundary', 'multipart/mixed; boundary="khac"', PARTS],
    ['names an empty boundary', 'multipart/alternative; boundary=""', PARTS],
    ['names it on a line of its own', 'multipart/mixed;\r\n charset=utf-8', PARTS],
    ['introduces its parts', 'multipart/mixed', ['This is a mail in parts.', '', ...PARTS]],
    ['has none', 'multipart/mixed; boundary=ranh', ['Chào shop']],
    ['has none, and a line of dashes', 'multipart/mixed', ['Chào shop', '-- ', 'Content is a word']],
  ])('is read when it %s', async (_what, type, body) => {
    const [text, subject] = (await readingOf(aMail(type, body))) as [string, string];
    expect([text.split('\n')[0], subject]).toEqual(['Chào shop', 'a']);
    expect(prepareSource(aMail(type, body)).isMended).toBe(true);
  });

  it.each([
    ['the parts are as named', 'multipart/mixed; boundary=ranh', PARTS],
    ['the boundary is quoted', 'multipart/mixed; boundary="ranh"', PARTS],
    ['the boundary is in pieces', 'multipart/mixed; boundary*0="ra"; boundary*1="nh"', PARTS],
    ['the boundary has escapes', 'multipart/mixed; boundary="r\\anh"', PARTS],
    ['the boundary stands on a line of its own', 'multipart/mixed;\r\n\tboundary=ranh', PARTS],
    ['it is none', 'text/plain', PARTS],
    ['nothing of it was fetched', 'multipart/mixed', []],
  ])('is left alone when %s', (_what, type, body) => {
    const source = aMail(type, body);
    expect(mendBoundary(source)).toBe(source);
    expect(prepareSource(source).isMended).toBe(false);
  });

  it('never throws, whatever the head is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (type, body) => {
        expect(mendBoundary(aMail(`multipart/${type}`, [body])).length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['parameters', `multipart/mixed; ${'boundary'.repeat(100_000)}`, ['a']],
    ['blanks', `multipart/mixed; boundary${' '.repeat(800_000)}=`, ['a']],
    ['folded lines', `multipart/mixed;${'\r\n a'.repeat(200_000)}`, ['a']],
    ['dashes', 'multipart/mixed', ['--'.repeat(500_000)]],
    ['lines of dashes', 'multipart/mixed', ['--a\r\n'.repeat(200_000)]],
  ])('is looked through at once when it has a megabyte of %s', async (_what, type, body) => {
    const source = aMail(type, body);
    expect(await cpuMillisOf(() => mendBoundary(source))).toBeLessThan(1_000);
  });
});
