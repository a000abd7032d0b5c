import { parseMime, type ParsedMime } from './parse-mime.js';

async function parsed(lines: readonly string[]): Promise<ParsedMime> {
  const result = await parseMime(Buffer.from(lines.join('\r\n')), { timeoutMs: 10_000 });
  if (!result.ok) throw new Error(result.reason);
  return result.mime;
}

const HTML = ['Content-Type: text/html; charset=utf-8', '', '<p>Em lấy <b>hai</b> cái</p>'];
const PLAIN = ['Content-Type: text/plain; charset=utf-8', '', 'Chào shop'];
const of = (kind: string, ...parts: readonly (readonly string[])[]): readonly string[] => [
  'From: buoi@khach.example',
  `Content-Type: multipart/${kind}; boundary=b`,
  '',
  ...parts.flatMap((part) => ['--b', ...part]),
  '--b--',
];

describe('the text that the MIME parser makes', () => {
  it('is none for a mail that is HTML alone: nobody reads it', async () => {
    const mime = await parsed(['From: buoi@khach.example', ...HTML]);
    expect(mime).toMatchObject({ text: '', hasPlainText: false });
    expect(mime.html).toContain('<b>hai</b>');
  });

  it.each([
    ['before', [PLAIN, HTML], 'Chào shop\nEm lấy hai cái'],
    ['after', [HTML, PLAIN], 'Em lấy hai cái\nChào shop'],
  ])('holds the words of HTML that stands beside plain text that comes %s', async (_when, parts, text) => {
    const mime = await parsed(of('mixed', ...parts));
    expect({ ...mime, text: mime.text?.trim() }).toMatchObject({ text, hasPlainText: true });
  });

  it('is the plain part where HTML is its other form', async () => {
    expect((await parsed(of('alternative', PLAIN, HTML))).text?.trim()).toBe('Chào shop');
  });
});
