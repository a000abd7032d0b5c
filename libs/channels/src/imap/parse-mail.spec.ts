import { createHash } from 'node:crypto';
import { MAX_RECORD_BYTES, messageReceivedSchema, receiptUpdatedSchema, type MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import fc from 'fast-check';
import type { ParsedMail } from '../shared/mail/received-mail.js';
import { parseMail, type PulledMail } from './pulled-mail.js';
import { WORKED_EXAMPLE } from '../shared/mail/fixtures/worked-example.js';

const ACCOUNT: ChannelAccount = {
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@cuahang.example',
  settings: {
    imap: { host: '127.0.0.1', port: 1143 },
    sent_mailbox: 'Sent',
    aliases: ['sales@cuahang.example'],
    trusted_authserv_ids: ['mx.cuahang.example'],
    form_relays: ['Form@bieumau.example'],
  },
  secrets: { user: 'hotro', password: 'x' },
};
const RECEIVED_AT = new Date('2026-03-03T03:10:00.000Z');
const PASS = 'Authentication-Results: mx.cuahang.example; dmarc=pass header.from=khach.example\r\n';

/** A mail from head lines and a body; the parts of an ordinary head are filled in unless given. */
function aMail(head: readonly string[], body = 'Chào shop'): Buffer {
  const names = head.map((line) => line.split(':')[0]!.toLowerCase());
  const defaults = {
    from: 'From: "Trần Thị Bưởi" <buoi@khach.example>',
    to: 'To: hotro@cuahang.example',
    date: 'Date: Tue, 3 Mar 2026 10:05:12 +0700',
    'message-id': 'Message-ID: <m1@khach.example>',
  };
  const missing = Object.entries(defaults).flatMap(([name, line]) => (names.includes(name) ? [] : [line]));
  return Buffer.from(`${[...head, ...missing].join('\r\n')}\r\n\r\n${body}`);
}

function parse(source: Buffer, over: Partial<PulledMail> = {}): Promise<ParsedMail> {
  const mail: PulledMail = {
    source,
    extent: 'whole',
    sizeBytes: source.length,
    internalDate: new Date('2026-03-03T03:05:20.000Z'),
    folder: 'INBOX',
    uidValidity: '7',
    uid: 42,
    backfill: false,
    ...over,
  };
  return parseMail(mail, { account: ACCOUNT, receivedAt: RECEIVED_AT, timeoutMs: 10_000 });
}

async function dataOf(source: Buffer, over: Partial<PulledMail> = {}): Promise<MessageReceived> {
  const { event } = await parse(source, over);
  if (event.type !== 'omni.inbound.message.received') throw new Error(`unexpected ${event.type}`);
  messageReceivedSchema.parse(event.data);
  return event.data;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('the mail that is answered, in HTML', () => {
  it.each([
    [
      'Gmail in a language that nobody here knows',
      '<div class="gmail_quote"><div class="gmail_attr">El lun, Shop escribió:</div><blockquote>Giá 450k</blockquote></div>',
    ],
    ['Yahoo', '<div class="yahoo_quoted"><div>Shop skrev:</div><div>Giá 450k</div></div>'],
    ['Proton', '<div class="protonmail_quote">Shop napsal:<blockquote>Giá 450k</blockquote></div>'],
    ['Zoho', '<div class="zmail_extra"><div>---- Shop ----</div>Giá 450k</div>'],
    ['Outlook on a telephone', '<div id="OLK_SRC_BODY_SECTION"><div>Van: Shop</div>Giá 450k</div>'],
  ])('is left out of what is shown: %s', async (_client, quote) => {
    const source = aMail(['Content-Type: text/html; charset=utf-8'], `<div>Em lấy một cái ạ</div>${quote}`);
    const { content } = await dataOf(source);
    expect(content.visible_text).toBe('Em lấy một cái ạ');
    expect(content.text).toContain('Giá 450k');
  });

  it('is shown when it is all there is: a forward', async () => {
    const source = aMail(
      ['Content-Type: text/html; charset=utf-8'],
      '<div class="gmail_quote">---------- Forwarded message ---------<br>Từ: A<br><br>Giá 450k</div>',
    );
    const { content, flags } = await dataOf(source);
    expect(content.visible_text ?? content.text).toContain('Giá 450k');
    expect(flags).toEqual(['forwarded']);
  });
});

describe('a part whose type is no type', () => {
  it.each([';', '"', '/'])('is a file of an unknown type: %j', async (type) => {
    const parts = `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\nx\r\n--b--\r\n`;
    const { attachments, flags } = await dataOf(aMail(['Content-Type: multipart/mixed; boundary=b'], parts));
    expect(flags).toBeUndefined();
    expect(attachments).toMatchObject([
      { filename: 'a.bin', declared_media_type: type === '/' ? '/' : 'application/octet-stream' },
    ]);
  });
});

describe('a whole mail', () => {
  it('gives the event that the reference states', async () => {
    const parsed = await parse(WORKED_EXAMPLE, { internalDate: undefined });
    const data = parsed.event.data as MessageReceived;
    expect(data).toMatchObject({
      channel: 'email',
      account_id: 'hotro',
      direction: 'inbound',
      identity: {
        kind: 'email',
        scope: '',
        value: 'binh.tran@khachhang.example',
        authenticity: 'A2',
        display_name: 'Trần Thị Bình',
      },
      provider: {
        name: 'imap',
        message_id: 'b2b2a5f9a355e2070c1e3d5f63a9e2635da21f2d3e6776f6a5c51838e5d64cf5',
        conversation_id: 'm0@khachhang.example',
        event_id: 'imap:hotro:INBOX:7:42',
      },
      occurred_at: '2025-03-03T03:05:12.000Z',
      content: { type: 'text', subject: 'Re: Hỏi giá áo khoác' },
      mail: {
        message_id: 'CAB7demo0002@mail.khachhang.example',
        in_reply_to: ['c7f3a1.0001@cuahang.example'],
        references: ['m0@khachhang.example', 'c7f3a1.0001@cuahang.example'],
        to: ['hotro+c7f3a1.ab729eb092a8739f@cuahang.example'],
        authentication: { spf: 'pass', dkim: 'pass', dmarc: 'pass' },
      },
      attachments: [
        {
          kind: 'image',
          state: 'stored',
          source: 'blob',
          locator: `blob:sha256:${digest(WORKED_EXAMPLE)}`,
          part_id: '2',
          filename: 'ao-khoac.png',
          declared_media_type: 'image/png',
          size_bytes: 70,
          sha256: '497790947d4666760ce38f3c00e852c71fdb66cae849bae8e9ede352719e1581',
          content_id: 'ii_m7s1',
          inline: true,
        },
      ],
    });
    expect(data.content.text).toMatch(
      /^Em đồng ý giá này ạ, shop giữ giúp em 1 cái màu đen nhé\.\n\[image: ao-khoac\.png\]/,
    );
    expect(data.flags).toBeUndefined();
    expect(data.mail?.auto_submitted).toBeUndefined();
  });

  it('keeps the original bytes and the HTML as blobs under their digests', async () => {
    const { blobs, event } = await parse(WORKED_EXAMPLE);
    const data = event.data as MessageReceived;
    expect(blobs.map(({ id, bytes }) => [id, `sha256:${digest(bytes)}`])).toEqual(blobs.map(({ id }) => [id, id]));
    expect(blobs[0]!.bytes.equals(WORKED_EXAMPLE)).toBe(true);
    expect(data.raw).toMatchObject({
      encoding: 'reference',
      media_type: 'message/rfc822',
      data: `blob:${blobs[0]!.id}`,
    });
    expect(data.content.html_ref).toBe(`blob:${blobs[1]!.id}`);
    expect(blobs[1]!.bytes.toString()).toContain('gmail_quote');
  });
});

describe('which mails are one', () => {
  const base = aMail(['Subject: Hỏi giá']);
  const id = async (source: Buffer, over: Partial<PulledMail> = {}): Promise<string> =>
    (await parse(source, over)).event.id;

  it.each<[string, Buffer, Partial<PulledMail>]>([
    ['the same mail fetched again', base, {}],
    ['a copy in another folder', base, { folder: 'Archive', uid: 3 }],
    ['the same mail under a new UIDVALIDITY', base, { uidValidity: '8', uid: 1 }],
    ['a copy with another trace', Buffer.concat([Buffer.from('Received: from a by b; x\r\n'), base]), {}],
    ['a copy with LF as line end', Buffer.from(base.toString().replaceAll('\r\n', '\n')), {}],
    ['a copy fetched as history', base, { backfill: true }],
  ])('%s is one mail', async (_label, source, over) => {
    expect(await id(source, over)).toBe(await id(base));
  });

  it.each([
    ['another body under one Message-ID', aMail(['Subject: Hỏi giá'], 'Chào anh')],
    ['another subject', aMail(['Subject: Hỏi hàng'])],
    ['another Message-ID', aMail(['Subject: Hỏi giá', 'Message-ID: <m2@khach.example>'])],
    ['another date', aMail(['Subject: Hỏi giá', 'Date: Tue, 3 Mar 2026 10:05:13 +0700'])],
    ['a subject whose last byte differs in the C3 A0 of à', aMail(['Subject: Hỏi giá à'])],
  ])('%s is another mail', async (_label, source) => {
    expect(await id(source)).not.toBe(await id(base));
  });
});

describe('who wrote it', () => {
  it.each<[string, Buffer, Partial<PulledMail>, Partial<MessageReceived['identity']> & { direction: string }]>([
    [
      'an author whose domain passed DMARC at our border',
      Buffer.concat([Buffer.from(PASS), aMail([])]),
      {},
      { direction: 'inbound', kind: 'email', value: 'buoi@khach.example', authenticity: 'A2' },
    ],
    [
      'an author whom nobody vouches for',
      aMail([]),
      {},
      { direction: 'inbound', kind: 'email_unverified', authenticity: 'A1' },
    ],
    [
      'results of a server that is not ours',
      Buffer.concat([Buffer.from(PASS.replace('mx.cuahang', 'mx.ketrom')), aMail([])]),
      {},
      { direction: 'inbound', kind: 'email_unverified', authenticity: 'A1' },
    ],
    [
      'a pass for another domain than that of From',
      Buffer.concat([Buffer.from(PASS.replace('khach.example', 'ketrom.example')), aMail([])]),
      {},
      { direction: 'inbound', kind: 'email_unverified' },
    ],
    [
      'a forged pass below a real fail',
      Buffer.concat([Buffer.from(PASS.replace('pass', 'fail')), Buffer.from(PASS), aMail([])]),
      {},
      { direction: 'inbound', kind: 'email_unverified' },
    ],
    [
      'two From fields',
      Buffer.concat([Buffer.from(PASS), aMail(['From: buoi@khach.example', 'From: sep@nganhang.example'])]),
      {},
      { direction: 'inbound', kind: 'email_unverified' },
    ],
    [
      'two authors in one From',
      Buffer.concat([Buffer.from(PASS), aMail(['From: buoi@khach.example, b@khach.example'])]),
      {},
      { direction: 'inbound', kind: 'email_unverified', value: 'buoi@khach.example' },
    ],
    [
      'an address in capitals',
      aMail(['From: BUOI@Khach.EXAMPLE']),
      {},
      { direction: 'inbound', kind: 'email_unverified', value: 'buoi@khach.example' },
    ],
    [
      'no usable author',
      aMail(['From: undisclosed-recipients:;']),
      {},
      { direction: 'inbound', kind: 'sender_label', authenticity: 'A0' },
    ],
    [
      'a bounce',
      aMail(['From: Mail Delivery <mailer-daemon@mx.example>', 'Subject: Undelivered Mail']),
      {},
      { direction: 'inbound', kind: 'sender_label', value: 'mailer-daemon@mx.example' },
    ],
    [
      'a mail of ours in the folder of sent mail',
      aMail(['From: hotro@cuahang.example', 'To: sales@cuahang.example, "Bưởi" <buoi@khach.example>']),
      { folder: 'Sent' },
      { direction: 'echo', kind: 'email', value: 'buoi@khach.example', authenticity: 'A2', display_name: 'Bưởi' },
    ],
    [
      'a mail that only says it is from us',
      aMail(['From: hotro+don@cuahang.example', 'To: buoi@khach.example']),
      {},
      { direction: 'echo', kind: 'email_unverified', value: 'buoi@khach.example', authenticity: 'A1' },
    ],
    [
      'a web form that writes from us to us',
      aMail(['From: hotro@cuahang.example', 'Reply-To: Hà <ha@khach.example>']),
      {},
      { direction: 'inbound', kind: 'email_unverified', value: 'ha@khach.example', authenticity: 'A1' },
    ],
    [
      'a sender of web forms that our border vouches for',
      Buffer.concat([
        Buffer.from(PASS.replace('khach', 'bieumau')),
        aMail(['From: Biểu mẫu <form@bieumau.example>', 'Reply-To: form@bieumau.example, Hà <ha@khach.example>']),
      ]),
      {},
      {
        direction: 'inbound',
        kind: 'email_unverified',
        value: 'ha@khach.example',
        authenticity: 'A1',
        display_name: 'Hà',
      },
    ],
    [
      'a sender of web forms for whom nobody vouches',
      aMail(['From: form@bieumau.example', 'Reply-To: ha@khach.example']),
      {},
      { direction: 'inbound', kind: 'email_unverified', value: 'form@bieumau.example' },
    ],
    [
      'a sender of web forms that names no visitor but us',
      Buffer.concat([
        Buffer.from(PASS.replace('khach', 'bieumau')),
        aMail(['From: form@bieumau.example', 'Reply-To: hotro@cuahang.example']),
      ]),
      {},
      { direction: 'inbound', kind: 'email', value: 'form@bieumau.example' },
    ],
    [
      'somebody else who is proven and wants answers elsewhere',
      Buffer.concat([Buffer.from(PASS), aMail(['Reply-To: ha@khach.example'])]),
      {},
      { direction: 'inbound', kind: 'email', value: 'buoi@khach.example' },
    ],
    [
      'a name that pretends to be an address',
      aMail(['From: "sep@nganhang.example" <x@ketrom.example>']),
      {},
      { direction: 'inbound', value: 'x@ketrom.example', display_name: undefined },
    ],
  ])('%s', async (_label, source, over, { direction, ...identity }) => {
    const data = await dataOf(source, over);
    expect(data.direction).toBe(direction);
    expect({ display_name: undefined, ...data.identity }).toMatchObject(identity);
  });
});

describe('what it says', () => {
  const viet = 'Tiếng Việt';
  it.each<[string, Buffer]>([
    ['UTF-8', aMail(['Content-Type: text/plain; charset=utf-8'], viet)],
    ['decomposed letters', aMail(['Content-Type: text/plain; charset=utf-8'], viet.normalize('NFD'))],
    ['UTF-8 without a label', aMail([], viet)],
    [
      'windows-1258',
      Buffer.concat([
        aMail(['Content-Type: text/plain; charset=windows-1258'], ''),
        Buffer.from('5469eaec6e67205669eaf274', 'hex'),
      ]),
    ],
    [
      'TCVN under a label that no library knows',
      Buffer.concat([
        aMail(['Content-Type: text/plain; charset=x-viet-tcvn5712'], ''),
        Buffer.from('5469d56e67205669d674', 'hex'),
      ]),
    ],
    [
      'VISCII under a label that no library knows',
      Buffer.concat([
        aMail(['Content-Type: text/plain; charset=csviscii'], ''),
        Buffer.from('5469aa6e67205669ae74', 'hex'),
      ]),
    ],
    [
      'HTML alone',
      aMail(
        ['Content-Type: text/html; charset=utf-8'],
        '<style>p{}</style><p>Tiếng <b>Việt</b></p><script>x()</script>',
      ),
    ],
    ['lines that end with CR alone', Buffer.from(aMail([], viet).toString().replaceAll('\r\n', '\r'))],
    [
      'a mbox line in front',
      Buffer.concat([Buffer.from('From buoi@khach.example Tue Mar  3 10:05:12 2026\r\n'), aMail([], viet)]),
    ],
    ['NUL in the text', aMail([], 'Tiếng\u0000 Việt')],
  ])('reads %s', async (_label, source) => {
    expect((await dataOf(source)).content.text?.trim()).toBe(viet);
  });

  it.each([
    ['labelled x-viet-vni', 'Content-Type: text/plain; charset=x-viet-vni', 'Xin chaøo caùc baïn', 'Xin chào các bạn'],
    ['without a label', 'X-Mailer: cu', 'Chµo shop, em muèn ®Æt hµng', 'Chào shop, em muốn đặt hàng'],
  ])('repairs text in the code of a font %s', async (_label, head, body, expected) => {
    const source = Buffer.concat([aMail([head], ''), Buffer.from(body, 'latin1')]);
    expect((await dataOf(source)).content.text).toBe(expected);
  });

  it('reads a subject in encoded words and in raw UTF-8 as NFC', async () => {
    const encoded = await dataOf(aMail(['Subject: =?UTF-8?Q?H=E1=BB=8Fi_gi=C3=A1?=']));
    const raw = await dataOf(aMail([`Subject: ${'Hỏi giá'.normalize('NFD')}`]));
    expect([encoded.content.subject, raw.content.subject]).toEqual(['Hỏi giá', 'Hỏi giá']);
  });

  it('cuts a text that is too long and says so', async () => {
    const data = await dataOf(aMail([], 'ệ'.repeat(70_000)));
    expect(data.content.text).toHaveLength(65_536);
    expect(data.flags).toContain('truncated');
  });

  it('says that it is encrypted, where only the holder of a key can read it', async () => {
    const sealed = aMail(['Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m'], 'MIAG');
    expect(await dataOf(sealed)).toMatchObject({ flags: ['encrypted'], attachments: [{ filename: 'smime.p7m' }] });
    expect((await dataOf(aMail([]))).flags).toBeUndefined();
  });

  it('stays below the limit of a record whatever the mail is made of', async () => {
    const many = Array.from({ length: 150 }, (_, i) => `k${i}${'x'.repeat(180)}@${'d'.repeat(200)}.example`).join(
      ',\r\n ',
    );
    const ids = Array.from({ length: 400 }, (_, i) => `<${i}${'é'.repeat(400)}@x>`).join('\r\n ');
    const data = await dataOf(
      aMail([`To: ${many}`, `Cc: ${many}`, `Reply-To: ${many}`, `References: ${ids}`], '\u0001'.repeat(80_000)),
    );
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(MAX_RECORD_BYTES - 1_024);
    expect(data.flags).toContain('truncated');
  });

  it.each([
    ['INTERNALDATE', {}, '2026-03-03T03:05:20.000Z', undefined],
    ['the Date of the sender without INTERNALDATE', { internalDate: undefined }, '2026-03-03T03:05:12.000Z', undefined],
  ])('stands at %s', async (_label, over, occurredAt, flags) => {
    const data = await dataOf(aMail([]), over);
    expect([data.occurred_at, data.flags]).toEqual([occurredAt, flags]);
  });

  it('stands at the receive time when no clock is credible', async () => {
    const data = await dataOf(aMail(['Date: hôm qua']), { internalDate: undefined });
    expect([data.occurred_at, data.flags]).toEqual([RECEIVED_AT.toISOString(), ['clock_adjusted']]);
  });

  it('is shown, and flagged, where its parts are not as its head says', async () => {
    const body = '--khac\r\nContent-Type: text/plain\r\n\r\nChào shop\r\n--khac--\r\n';
    const { content, flags } = await dataOf(aMail(['Content-Type: multipart/mixed; boundary=b'], body));
    expect([content.text, flags]).toEqual(['Chào shop', ['mended']]);
  });
});

describe('a complaint that a mailbox provider passes on', () => {
  const complaint = (to: string, more: readonly string[] = [], type = 'abuse', disposition = 'inline') =>
    aMail(
      [
        'From: Robot <phan-hoi@hop-thu.example>',
        'Subject: FW: Khuyến mãi',
        'Content-Type: multipart/report; report-type=feedback-report; boundary=ranh',
        ...more,
      ],
      [
        '--ranh',
        'Content-Type: text/plain',
        '',
        'This is an email abuse report.',
        '--ranh',
        'Content-Type: message/feedback-report',
        '',
        `Feedback-Type: ${type}`,
        'User-Agent: Robot/1.0',
        'Version: 1',
        '',
        '--ranh',
        'Content-Type: message/rfc822',
        `Content-Disposition: ${disposition}`,
        '',
        'From: Cua hang <tin@cuahang.example>',
        `To: ${to}`,
        'Message-ID: <khuyen-mai-1@cuahang.example>',
        '',
        'Sale 50%',
        '--ranh--',
      ].join('\r\n'),
    );

  it.each(['inline', 'attachment'])('is of the one to whom the mail went, who wants no more (%s)', async (kept) => {
    const { event, reports, senderId } = await parse(complaint('Ha <ha@khach.example>', [], 'abuse', kept));
    expect(event.data).toMatchObject({
      direction: 'inbound',
      identity: { kind: 'email_unverified', scope: '', value: 'ha@khach.example', authenticity: 'A1' },
      flags: ['opt_out'],
      mail: { auto_submitted: 'complaint' },
      reply_to: { message_kind: 'mail', provider_message_id: 'khuyen-mai-1@cuahang.example' },
    });
    expect(senderId).toBe('ha@khach.example');
    expect(reports.map((report) => receiptUpdatedSchema.parse(report.event.data))).toMatchObject([
      {
        message_kind: 'mail',
        status: 'delivered',
        complaint: 'abuse',
        message_ids: ['khuyen-mai-1@cuahang.example'],
        identity: { value: 'ha@khach.example' },
      },
    ]);
  });

  it('tells the mail alone when it hides who complained', async () => {
    const { event, reports } = await parse(complaint('redacted@khach.example'));
    expect(event.data.identity).toEqual({
      kind: 'sender_label',
      scope: 'hotro',
      value: 'unknown recipient',
      authenticity: 'A0',
    });
    expect(event.data.flags).toBeUndefined();
    expect(reports.map(({ event: { data } }) => 'complaint' in data && data.complaint)).toEqual(['abuse']);
  });

  it.each([
    ['it is of another kind', complaint('ha@khach.example', [], 'not-spam')],
    [
      'its sender is forged',
      complaint('ha@khach.example', [
        'Authentication-Results: mx.cuahang.example; dmarc=fail header.from=hop-thu.example',
      ]),
    ],
  ])('acts upon nothing when %s', async (_why, source) => {
    const { event, reports } = await parse(source);
    expect([event.data.identity?.value, reports, event.data.flags ?? []]).toEqual([
      'unknown recipient',
      [],
      expect.not.arrayContaining(['opt_out']),
    ]);
  });

  it('acts upon nothing when it is written in our name', async () => {
    const ours = Buffer.from(
      String(complaint('ha@khach.example')).replace('<phan-hoi@hop-thu.example>', '<sales@cuahang.example>'),
    );
    const { event, reports } = await parse(ours);
    expect([event.data.direction, reports, event.data.flags ?? []]).toEqual(['echo', [], []]);
  });
});

describe('a mail that cannot be read', () => {
  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['bytes without a head', Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x02])],
    [
      'more parts than anybody sends',
      aMail(['Content-Type: multipart/mixed; boundary=b'], '--b\r\nContent-Type: image/png\r\n\r\nx\r\n'.repeat(1_500)),
    ],
  ])('%s is kept whole', async (_label, source) => {
    const { event, blobs, outcome } = await parse(source);
    const data = event.data as MessageReceived;
    const locator = `blob:sha256:${digest(source)}`;
    messageReceivedSchema.parse(data);
    expect(outcome).toBe('unreadable');
    expect(data.flags).toContain('unreadable');
    expect(data.content.type).toBe('unsupported');
    expect(data.attachments).toEqual([
      {
        kind: 'file',
        state: 'stored',
        source: 'blob',
        locator,
        declared_media_type: 'message/rfc822',
        filename: 'original.eml',
        size_bytes: source.length,
      },
    ]);
    expect(blobs[0]!.bytes.equals(source)).toBe(true);
  });

  it.each([
    [
      'plain',
      'text/plain',
      'Em đồng ý ạ\r\n\r\nVào Th 2, 3 thg 3, 2025 lúc 10:00 Shop <a@x.example> đã viết:\r\n> Giá 200k',
    ],
    [
      'HTML',
      'text/html',
      '<div>Em đồng ý ạ</div><div class="gmail_quote"><div>Vào Th 2, 3 thg 3, 2025 lúc 10:00 Shop &lt;a@x.example&gt; đã viết:<br></div><blockquote>Giá 200k</blockquote></div>',
    ],
  ])('keeps the whole of a %s mail and says what its author wrote now', async (_kind, type, body) => {
    const data = await dataOf(aMail([`Content-Type: ${type}; charset=utf-8`], body));
    expect(data.content.text).toContain('200k');
    expect(data.content.visible_text).toBe('Em đồng ý ạ');
    expect(data.flags).toBeUndefined();
  });

  it('says nothing twice of a mail without a quote, and marks a forwarded one', async () => {
    expect((await dataOf(aMail([], 'Chào shop'))).content).not.toHaveProperty('visible_text');
    const forwarded = await dataOf(
      aMail([], 'Xem giúp\r\n\r\n---------- Forwarded message ---------\r\nTừ: A\r\nNội dung'),
    );
    expect(forwarded.flags).toEqual(['forwarded']);
    expect(forwarded.content.visible_text).toBe('Xem giúp');
  });

  it('shows what was fetched of a mail over the limit and points to the server for the rest', async () => {
    const whole = aMail(
      ['Content-Type: multipart/mixed; boundary=b'],
      `--b\r\n\r\nXem file\r\n--b\r\nContent-Type: image/png\r\n\r\n${'x'.repeat(9_000)}\r\n--b--`,
    );
    const data = await dataOf(whole.subarray(0, 2_000), { extent: 'beginning', sizeBytes: whole.length });
    expect(data.content.text).toBe('Xem file');
    expect(data.flags).toEqual(['size_limited']);
    expect(data.attachments).toMatchObject([
      { state: 'pending', source: 'imap', locator: 'imap:hotro:INBOX:7:42', size_bytes: whole.length },
    ]);
  });
});

describe('a mail that the server could not deliver', () => {
  const over = { sizeBytes: 5_000_000 };

  it('shows what its head says', async () => {
    const data = await dataOf(aMail(['Subject: Hỏi giá'], ''), { ...over, extent: 'head' });
    expect(data).toMatchObject({
      identity: { value: 'buoi@khach.example' },
      content: { type: 'unsupported', subject: 'Hỏi giá' },
      flags: ['unreadable'],
      attachments: [{ state: 'pending', source: 'imap', locator: 'imap:hotro:INBOX:7:42', size_bytes: 5_000_000 }],
    });
    expect(data.content.text).toBeUndefined();
  });

  it('is an event even when nothing was fetched', async () => {
    const data = await dataOf(Buffer.alloc(0), { ...over, extent: 'nothing' });
    expect(data).toMatchObject({
      content: { type: 'unsupported' },
      flags: ['unreadable'],
      attachments: [{ state: 'pending' }],
    });
  });
});

describe('any bytes', () => {
  const isAccepted = async (source: Buffer): Promise<boolean> => {
    const { event, blobs } = await parse(source);
    messageReceivedSchema.parse(event.data);
    return blobs[0]!.bytes.equals(source) && Buffer.byteLength(JSON.stringify(event.data)) < MAX_RECORD_BYTES;
  };

  it('make an event', async () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 });
    const property = fc.asyncProperty(bytes, (some) => isAccepted(Buffer.from(some)));
    expect(await fc.check(property, { numRuns: 150 })).toMatchObject({ failed: false });
  });

  it('make an event when they look like a mail', async () => {
    const line = fc.constantFrom(
      'From: a@x.example',
      'From: =?utf-8?B?//8=?= <a@x>',
      'To:',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: text/html; charset=vni',
      'Content-Transfer-Encoding: base64',
      'Authentication-Results: mx.cuahang.example; dkim=(((',
      '--b',
      '--b--',
      '',
      ' ',
      'References: <<>@<a@b>',
      'Message-ID: <\u0000@x>',
      "Content-Disposition: attachment; filename*0*=utf-8''%ff%",
      'Date: Tue, 99 Xyz 2026',
      'Content-Type: message/rfc822',
      'begin 644 a',
    );
    const mail = fc.array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 30 });
    const property = fc.asyncProperty(mail, (lines) => isAccepted(Buffer.from(lines.join('\r\n'))));
    expect(await fc.check(property, { numRuns: 200 })).toMatchObject({ failed: false });
  });
});
