import { readMail } from './parse-mail.js';

const AT = new Date('2026-03-03T03:05:12Z');

async function flagsOf(head: string): Promise<readonly string[]> {
  const source = Buffer.from(`${head}\r\nTo: hotro@shop.example.vn\r\nSubject: x\r\n\r\nChào shop\r\n`);
  const account = {
    id: 'hotro',
    channel: 'email',
    provider: 'imap',
    externalId: 'hotro@shop.example.vn',
    settings: { form_relays: ['form@bieumau.example'], trusted_authserv_ids: ['mx.shop.example'] },
    secrets: {},
  } as const;
  const mail = await readMail(
    {
      source,
      extent: 'whole',
      sizeBytes: source.length,
      internalDate: AT,
      deliveryId: 'imap:hotro:INBOX:1:1',
      sentByUs: false,
      surroundings: '{}',
      backfill: false,
    },
    { account, receivedAt: AT, timeoutMs: 5_000 },
  );
  return mail.event.data.flags ?? [];
}

describe('signs that a mail may not be from whom it seems', () => {
  it.each<[string, string, readonly string[]]>([
    ['an ordinary mail', 'From: Bưởi <buoi@khach.example>', []],
    ['a name that is its own address', 'From: "buoi@khach.example" <buoi@khach.example>', []],
    ['a name that is its own address in capitals', 'From: "Buoi@Khach.example" <buoi@khach.example>', []],
    ['a name that is another address', 'From: "giam-doc@shop.example.vn" <x@la.example>', ['name_of_another']],
    [
      'a name that holds another address',
      'From: "Giám đốc (giam-doc@shop.example.vn)" <x@la.example>',
      ['name_of_another'],
    ],
    ['a name with an at sign that is no address', 'From: "Bưởi @ Hà Nội" <buoi@khach.example>', []],
    ['answers to the same house', 'From: a@khach.example\r\nReply-To: b@thu.khach.example', []],
    ['answers to another house', 'From: a@khach.example\r\nReply-To: b@la.example', ['reply_to_elsewhere']],
    [
      'answers to a neighbour under com.vn',
      'From: a@hoa-mai.com.vn\r\nReply-To: b@hoa-sen.com.vn',
      ['reply_to_elsewhere'],
    ],
    ['a newsletter that is answered elsewhere', 'From: a@khach.example\r\nReply-To: b@la.example\r\nList-Id: x', []],
    ['a Vietnamese domain', 'From: a@công-ty.example', []],
    ['a domain with a Cyrillic letter among Latin ones', 'From: a@kh\u0430ch.example', ['mixed_scripts']],
    ['the same as A-label', `From: a@${new URL('http://kh\u0430ch.example').hostname}`, ['mixed_scripts']],
    ['a domain that is taken for ours', 'From: a@examp1e.vn', ['domain_like_ours']],
    ['a Cyrillic domain', 'From: a@\u043f\u043e\u0447\u0442\u0430.example', []],
    ['a Japanese domain with Latin letters', 'From: a@abc\u65e5\u672c.example', []],
    ['what we wrote ourselves', 'From: "x@la.example" <hotro@shop.example.vn>', []],
  ])('%s', async (_label, head, flags) => {
    expect(await flagsOf(head)).toEqual(flags);
  });

  it('does not warn of a form, whose answers go to the visitor', async () => {
    const head = 'From: form@bieumau.example\r\nReply-To: ha@khach.example';
    const proof = 'Authentication-Results: mx.shop.example; dmarc=pass header.from=bieumau.example\r\n';
    expect(await flagsOf(`${proof}${head}`)).not.toContain('reply_to_elsewhere');
    expect(await flagsOf(head)).toContain('reply_to_elsewhere');
  });
});
