import type { MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import fc from 'fast-check';
import type { ParseResult } from '../channel-adapter.js';
import { readForm, type FormPart } from '../shared/mail/multipart-form.js';
import { composeForm } from './compose-form.js';
import { isFormType, MAX_FILES, openFormFile } from './form-files.js';
import { webFormAdapter } from './web-form.adapter.js';

const account: ChannelAccount = {
  id: 'lien-he',
  channel: 'webform',
  provider: 'http',
  externalId: 'shop-web',
  settings: { system: 'shop-web', honeypot: 'website' },
  secrets: { token: 'ma-bi-mat-tu-nghi-ra-01' },
};
const PHOTO = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x0d, 0x0a, 0x2d, 0x2d]);

const partOf = (boundary: string, head: string, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), bytes, Buffer.from('\r\n')]);
const field = (name: string, value: string, boundary = 'bien'): Buffer =>
  partOf(boundary, `Content-Disposition: form-data; name="${name}"`, Buffer.from(value));
const file = (name: string, filename: string, bytes: Buffer, boundary = 'bien', type = 'image/jpeg'): Buffer =>
  partOf(
    boundary,
    `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`,
    bytes,
  );

async function parse(parts: readonly Buffer[], boundary = 'bien'): Promise<ParseResult> {
  const request = {
    method: 'POST' as const,
    originalUrl: '/webhooks/webform/lien-he',
    query: new URLSearchParams(),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    remoteAddress: '192.0.2.1',
  };
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'token' } as const,
  };
  return await webFormAdapter.parse(request, context);
}
const dataOf = ({ events }: ParseResult): MessageReceived => events[0]!.event.data as MessageReceived;

describe('a file of a form', () => {
  it('is an attachment whose bytes are in the kept form, and a field by its name', async () => {
    const result = await parse([
      field('sdt', '0934567890'),
      file('anh', 'ao.jpg', PHOTO),
      field('noi_dung', 'Có size M?'),
    ]);
    const { attachments = [], form, raw } = dataOf(result);
    const [kept] = result.kept!;
    expect(attachments).toMatchObject([
      { kind: 'image', state: 'stored', source: 'blob', locator: `blob:${kept!.id}`, part_id: '1', filename: 'ao.jpg' },
    ]);
    expect(raw).toEqual({ media_type: kept!.mediaType, encoding: 'reference', data: `blob:${kept!.id}` });
    expect(isFormType(kept!.mediaType)).toBe(true);
    expect(await openFormFile(kept!.bytes, kept!.mediaType, '1')).toEqual(PHOTO);
    expect(form?.fields).toContainEqual({ name: 'anh', value: 'ao.jpg' });
  });

  it.each([
    ['a field', '0'],
    ['beyond the end', '9'],
    ['no number', 'x'],
    ['another spelling', '01'],
  ])('is not %s', async (_label, partId) => {
    const [kept] = (await parse([field('sdt', '0934567890'), file('anh', 'ao.jpg', PHOTO)])).kept!;
    expect(await openFormFile(kept!.bytes, kept!.mediaType, partId)).toBeUndefined();
  });

  it('is not there when its input was left empty, and such a form is kept nowhere', async () => {
    const result = await parse([
      field('sdt', '0934567890'),
      file('anh', '', Buffer.alloc(0)),
      file('anh2', 'a.jpg', Buffer.alloc(0)),
    ]);
    expect(result.kept).toEqual([]);
    expect(dataOf(result).attachments).toBeUndefined();
    expect(dataOf(result).raw.encoding).toBe('utf8');
  });

  it('has a name without a path or tricks', async () => {
    const { attachments } = dataOf(
      await parse([field('sdt', '0934567890'), file('f', '../../etc/\u202egpj.exe', PHOTO)]),
    );
    expect(attachments).toMatchObject([{ filename: 'gpj.exe' }]);
  });

  it('is one of twenty at most, which is said', async () => {
    const files = Array.from({ length: MAX_FILES + 1 }, (_, n) => file(`f${n}`, `${n}.jpg`, Buffer.from([n])));
    const { attachments, flags } = dataOf(await parse([field('sdt', '0934567890'), ...files]));
    expect(attachments).toHaveLength(MAX_FILES);
    expect(flags).toEqual(['truncated']);
  });

  it('tells two forms apart that say the same', async () => {
    const ids = [PHOTO, Buffer.from('khác'), PHOTO].map(async (bytes) => {
      const result = await parse([field('sdt', '0934567890'), file('anh', 'image.jpg', bytes)]);
      return result.events[0]!.event.id;
    });
    const [one, other, again] = await Promise.all(ids);
    expect(one).not.toBe(other);
    expect(again).toBe(one);
  });

  it('is kept once when its form is packed anew and sent again', async () => {
    const sent = async (boundary: string) =>
      await parse([field('sdt', '0934567890', boundary), file('anh', 'ao.jpg', PHOTO, boundary)], boundary);
    const [one, other] = await Promise.all([sent('bien-1'), sent('bien-2')]);
    expect(other.kept!.map(({ id }) => id)).toEqual(one.kept!.map(({ id }) => id));
    expect(other.events[0]!.event.id).toBe(one.events[0]!.event.id);
  });

  it.each([
    ['nobody is known', [field('x', 'y')], 'rejected' as const],
    ['the trap is filled in', [field('sdt', '0934567890'), field('website', 'x')], 'ignored' as const],
  ])('is not kept when %s', async (_label, fields, where) => {
    const result = await parse([...fields, file('anh', 'ao.jpg', PHOTO)]);
    expect([result.kept, result[where].length]).toEqual([[], 1]);
  });

  it('comes out of a form put together again as it went in, whatever its names and bytes are', async () => {
    // No reader gives these as names.
    const isName = (name: string): boolean => name !== '.' && name !== '..';
    const part = fc.record(
      {
        name: fc.string({ unit: 'binary', maxLength: 20 }),
        filename: fc
          .oneof(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
            fc.constantFrom('/', 'a/', 'a\\', '\\"', '"', '"\r\n\r\n', ' ', ';', '%22', '\u0000'),
          )
          .filter(isName),
        contentType: fc.constantFrom('image/png', 'text/plain; charset=utf-8', 'x', 'a/b\r\nX: y'),
        bytes: fc
          .oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Buffer.from('--\r\n\r\n--')))
          .map((b) => Buffer.from(b)),
      },
      { requiredKeys: ['name', 'bytes'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
        const { bytes, mediaType } = composeForm(parts as FormPart[]);
        const read = await readForm(bytes, mediaType);
        const seen = (all: readonly Partial<FormPart>[] = []): unknown[] =>
          all.map((one) => [one.filename !== undefined, one.bytes]);
        expect(seen(read)).toEqual(seen(parts));
      }),
      { numRuns: 300 },
    );
  });
});
