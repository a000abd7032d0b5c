import type { Attachment } from '@app/contracts';
import { mediaReply } from './media-reply.js';

const SHA = 'a'.repeat(64);
const bytes = Buffer.from('0123456789');
const attachment = (more: Partial<Attachment> = {}): Attachment => ({
  kind: 'image',
  state: 'stored',
  source: 'url',
  locator: 'https://cdn.example/a.png',
  sha256: SHA,
  media_type: 'image/png',
  ...more,
});
const reply = (request: { range?: string; ifNoneMatch?: string } = {}, more: Partial<Attachment> = {}) =>
  mediaReply(attachment(more), bytes, request);

describe('mediaReply', () => {
  it('gives the bytes with the type of their content', () => {
    const { status, headers, body } = reply();
    expect([status, body.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      etag: `"${SHA}"`,
    });
  });

  it.each([
    ['image/png', 'inline'],
    ['audio/mpeg', 'inline'],
    ['video/mp4', 'inline'],
    ['image/svg+xml', 'attachment'],
    ['text/html', 'attachment'],
    ['application/pdf', 'attachment'],
    ['text/plain', 'attachment'],
  ])('lets a browser treat %s as %s', (mediaType, kind) => {
    expect(reply({}, { media_type: mediaType }).headers['content-disposition']).toBe(kind);
  });

  it('takes no type that could be a header of its own', () => {
    expect(reply({}, { media_type: 'a/b\r\nset-cookie: x' }).headers['content-type']).toBe('application/octet-stream');
  });

  it('gives the name in a form that nothing escapes from', () => {
    const { headers } = reply({}, { filename: 'báo giá (2)\r\n"x\'*.pdf' });
    expect(headers['content-disposition']).toBe(
      "inline; filename*=UTF-8''b%C3%A1o%20gi%C3%A1%20%282%29%0D%0A%22x%27%2A.pdf",
    );
  });

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-3', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=0-1', 200, '0123456789', undefined],
  ])('answers %s', (range, status, text, contentRange) => {
    const answer = reply({ range });
    expect([answer.status, answer.body.toString(), answer.headers['content-range']]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it('gives nothing twice to whoever has it', () => {
    for (const ifNoneMatch of [`"${SHA}"`, `W/"${SHA}"`, `"x", "${SHA}"`]) {
      expect(reply({ ifNoneMatch, range: 'bytes=0-1' })).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    }
    expect(reply({ ifNoneMatch: '"x"' }).status).toBe(200);
  });
});
