import { hash } from 'node:crypto';
import type { Attachment, MessageReceived } from '@app/contracts';
import fc from 'fast-check';
import { aTnef } from './fixtures/a-tnef.js';
import { HTML_LETTER, TEXT_LETTER } from './fixtures/rtf-letters.js';
import { WORKED_EXAMPLE } from './fixtures/worked-example.js';
import { openMailPart } from './mail-parts.js';
import { readTnef } from './mail-tnef.js';
import { readMail } from './parse-mail.js';

const account = {
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@cuahang.example',
  settings: { imap: { host: '127.0.0.1', port: 1143 } },
  secrets: { user: 'hotro', password: 'x' },
} as const;
const timeoutMs = 10_000;
const PICTURE = { name: 'áo dài.png', bytes: Buffer.from('hình ảnh') };
const QUOTE = { name: 'báo giá.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7') };

const rtfOf = ({ compressed }: typeof HTML_LETTER): Buffer => Buffer.from(compressed, 'base64');

const aMail = (parts: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.from(
    [
      'From: ha@khach.example',
      'To: hotro@cuahang.example',
      'Message-ID: <w@khach.example>',
      'Content-Type: multipart/mixed; boundary=ranh',
      '',
      ...parts.flatMap(([type, bytes]) => [
        '--ranh',
        `Content-Type: ${type}`,
        'Content-Transfer-Encoding: base64',
        '',
        bytes.toString('base64'),
      ]),
      '--ranh--',
    ].join('\r\n'),
  );

async function dataOf(source: Buffer): Promise<MessageReceived> {
  const mail = {
    source,
    extent: 'whole',
    sizeBytes: source.length,
    deliveryId: '1',
    sentByUs: false,
    surroundings: '{}',
    backfill: false,
  } as const;
  const { event } = await readMail(mail, { account, receivedAt: new Date('2026-03-03T03:10:00.000Z'), timeoutMs });
  return event.data as MessageReceived;
}

describe('attachments of a mail', () => {
  it('can be opened, as they were described', async () => {
    const [attachment] = (await dataOf(WORKED_EXAMPLE)).attachments!;
    const bytes = await openMailPart(WORKED_EXAMPLE, attachment!.part_id!, { timeoutMs });
    expect(hash('sha256', bytes!)).toBe(attachment!.sha256);
    expect(await openMailPart(WORKED_EXAMPLE, '9', { timeoutMs })).toBeUndefined();
  });

  it('are taken out of what Outlook packs', async () => {
    const source = aMail([
      ['text/plain; charset=utf-8', Buffer.from('Em gửi ảnh')],
      ['application/ms-tnef; name=winmail.dat', aTnef([PICTURE, QUOTE])],
    ]);
    const { attachments, content } = await dataOf(source);
    expect(content.text).toBe('Em gửi ảnh');
    expect(
      attachments!.map(({ filename, declared_media_type, size_bytes, part_id }) => [
        filename,
        declared_media_type,
        size_bytes,
        part_id,
      ]),
    ).toEqual([
      ['áo dài.png', 'image/png', PICTURE.bytes.length, '2#0'],
      ['báo giá.pdf', 'application/pdf', 8, '2#1'],
    ]);
    for (const { part_id: part, sha256 } of attachments!) {
      expect(hash('sha256', (await openMailPart(source, part!, { timeoutMs }))!)).toBe(sha256);
    }
    expect(await openMailPart(source, '2#2', { timeoutMs })).toBeUndefined();
  });

  it.each([
    ['a file', 'application/pdf; name=bao-gia.pdf', QUOTE.bytes, '1'],
    ['packed by Outlook', 'application/ms-tnef', aTnef([QUOTE]), '1#0'],
  ])('can be opened when the whole mail is %s', async (_what, type, bytes, partId) => {
    const head = ['From: ha@khach.example', `Content-Type: ${type}`, 'Content-Transfer-Encoding: base64'];
    const source = Buffer.from([...head, '', bytes.toString('base64')].join('\r\n'));
    const [attachment] = (await dataOf(source)).attachments!;
    expect(attachment!.part_id).toBe(partId);
    expect(await openMailPart(source, partId, { timeoutMs })).toEqual(QUOTE.bytes);
  });

  it('leave the words of Outlook where the mail has none', async () => {
    const source = aMail([
      ['application/octet-stream; name=winmail.dat', aTnef([], { text: 'Chị ơi còn hàng không ạ' })],
    ]);
    const { attachments, content } = await dataOf(source);
    expect(content.text).toBe('Chị ơi còn hàng không ạ');
    expect(attachments).toEqual([]);
  });

  it('leave the words of Outlook that are in RTF alone', async () => {
    const packed = (rtf: Buffer) => aMail([['application/ms-tnef; name=winmail.dat', aTnef([QUOTE], { rtf })]]);
    const html = await dataOf(packed(rtfOf(HTML_LETTER)));
    expect(html.content.text).toBe('Em chào shop, áo dài còn hàng không ạ450.000₫\u00a0{giá}');
    expect(html.content.html_ref).toMatch(/^blob:sha256:/);
    const text = await dataOf(packed(rtfOf(TEXT_LETTER)));
    expect(text.content).toEqual({
      type: 'text',
      text: 'Em chào shop,\náo dài còn hàng không ạ\n\tMã: A\\12 {đen}',
    });
    expect(text.attachments!.map(({ filename }) => filename)).toEqual(['báo giá.pdf']);
  });

  it.each([
    ['plain words', { text: 'Chị ơi' }, 'Chị ơi'],
    ['HTML', { html: Buffer.from('<p>Chị ơi') }, 'Chị ơi'],
  ])('say nothing in RTF when there are %s', async (_what, words, expected) => {
    const packed = aTnef([], { ...words, rtf: rtfOf(TEXT_LETTER) });
    expect((await dataOf(aMail([['application/ms-tnef; name=winmail.dat', packed]]))).content.text).toBe(expected);
  });

  it('show the files beside RTF that is damaged, and nothing of it', async () => {
    const rtf = rtfOf(TEXT_LETTER);
    rtf[30]! ^= 1;
    const data = await dataOf(aMail([['application/ms-tnef; name=winmail.dat', aTnef([PICTURE], { rtf })]]));
    expect([data.content.text, data.attachments!.map(({ filename }) => filename)]).toEqual(['', ['áo dài.png']]);
    const alone = await dataOf(aMail([['application/ms-tnef; name=winmail.dat', aTnef([], { rtf })]]));
    expect(alone.attachments!.map(({ filename }) => filename)).toEqual(['winmail.dat']);
  });

  /** "Chị ơi" in windows-1258, where the dot below is a letter of its own. */
  const VIETNAMESE = Buffer.from([0x43, 0x68, 0x69, 0xf2, 0x20, 0xf5, 0x69]);
  it.each([
    ['words in the code page of the sender', { bytes: VIETNAMESE, codePage: 1258 }],
    ['HTML in its code page', { html: VIETNAMESE, htmlCodePage: 1258, codePage: 1252 }],
    ['HTML in the code page of the sender', { html: VIETNAMESE, codePage: 1258 }],
    ['HTML in UTF-8', { html: Buffer.from('Chị ơi'), codePage: 1258 }],
  ])('read %s', async (_what, words) => {
    const data = await dataOf(aMail([['application/ms-tnef; name=winmail.dat', aTnef([], words)]]));
    expect(data.content.text).toBe('Chị ơi');
  });

  it('are taken out of words into which they were written', async () => {
    const words = 'Gửi shop\n\nbegin 644 con meo.txt\n#0V%T\n`\nend\n';
    const source = aMail([['text/plain; charset=utf-8', Buffer.from(words)]]);
    const { attachments, content } = await dataOf(source);
    expect(content.text).toBe('Gửi shop');
    expect(attachments!.map(({ filename, part_id, size_bytes }) => [filename, part_id, size_bytes])).toEqual([
      ['con meo.txt', 'text#0', 3],
    ]);
    expect(await openMailPart(source, 'text#0', { timeoutMs })).toEqual(Buffer.from('Cat'));
    expect(await openMailPart(source, 'text#1', { timeoutMs })).toBeUndefined();
  });

  it.each(['x-uuencode', 'UUENCODE', 'x-uue'])('are decoded when their encoding is %s', async (encoding) => {
    const part = ['Content-Type: application/pdf; name=meo.pdf', `Content-Transfer-Encoding: ${encoding}`];
    const head = ['From: ha@khach.example', 'Content-Type: multipart/mixed; boundary=ranh', '', '--ranh', ...part, ''];
    const source = Buffer.from([...head, 'begin 644 x.y', '#0V%T', '`', 'end', '--ranh--'].join('\r\n'));
    const { attachments } = await dataOf(source);
    const [{ filename, declared_media_type: type, part_id: partId, size_bytes: size, sha256 }] = attachments as [
      Attachment,
    ];
    expect([filename, type, partId, size]).toEqual(['meo.pdf', 'application/pdf', '1#0', 3]);
    const opened = await openMailPart(source, partId!, { timeoutMs });
    expect([String(opened), hash('sha256', opened!)]).toEqual(['Cat', sha256]);
  });

  it('stay as they are when they cannot be opened', async () => {
    const whole = aTnef([PICTURE]);
    for (const broken of [whole.subarray(0, whole.length - 3), Buffer.from('không phải'), Buffer.alloc(0), aTnef([])]) {
      const { attachments } = await dataOf(aMail([['application/ms-tnef; name=winmail.dat', broken]]));
      expect(attachments!.map(({ filename }) => filename)).toEqual(['winmail.dat']);
    }
  });

  it('say of an invitation what it is about', async () => {
    const calendar = Buffer.from(
      'BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Thử áo\nDTSTART:20260304T020000Z\nEND:VEVENT\nEND:VCALENDAR',
    );
    const { attachments } = await dataOf(aMail([['text/calendar; method=REQUEST; charset=utf-8', calendar]]));
    expect(attachments![0]!.title).toBe('REQUEST: Thử áo, 2026-03-04 02:00 UTC');
  });

  it('never make the reader of packed letters throw', () => {
    const whole = aTnef([PICTURE, QUOTE], { text: 'Chào', codePage: 1258, rtf: rtfOf(HTML_LETTER) });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        if (at < bytes.length) bytes[at] = byte;
        expect(readTnef(bytes)?.files.length ?? 0).toBeLessThanOrEqual(2);
      }),
      { numRuns: 2_000 },
    );
  });
});
