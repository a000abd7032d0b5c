import { generateKeyPairSync } from 'node:crypto';
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { createTransport } from 'nodemailer';
import { parseMail, type MailCheck, type ParsedMail } from '@app/channels';
import type { InboundIdentity } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { publishedKey, signMail, SIGNED_MAIL, SIGNED_MAIL_RECORDS, type SigningOptions } from '@app/testkit';
import { NoAnswerError } from './published-records.js';
import { verifySignatures, type TextOf } from './verify-signatures.js';

const AT = new Date('2026-03-03T03:05:12Z');
const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const weakKeys = generateKeyPairSync('rsa', { modulusLength: 768 });
const PUBLISHED = publishedKey(keys.publicKey);
const RECORDS: Readonly<Record<string, string>> = {
  's1._domainkey.khach.example': PUBLISHED,
  's1._domainkey.thu.khach.example': PUBLISHED,
  's1._domainkey.gui.example': PUBLISHED,
  's1._domainkey.chuyen.example': PUBLISHED,
  's1._domainkey.hoa-mai.com.vn': PUBLISHED,
  's1._domainkey.hoa-sen.com.vn': PUBLISHED,
  'weak._domainkey.khach.example': publishedKey(weakKeys.publicKey),
  'revoked._domainkey.khach.example': 'v=DKIM1; k=rsa; p=',
  '_dmarc.khach.example': 'v=DMARC1; p=reject',
  '_dmarc.hoa-mai.com.vn': 'v=DMARC1; p=quarantine',
  '_dmarc.mo.example': 'v=DMARC1; p=none',
};

const answering =
  (records: Readonly<Record<string, string>>): TextOf =>
  (name) =>
    records[name] === undefined
      ? Promise.reject(Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' }))
      : Promise.resolve([[records[name]]]);
const silent: TextOf = () => Promise.reject(new NoAnswerError());

const account = (settings: object = {}): ChannelAccount => ({
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@shop.example.vn',
  settings: { imap: { host: '127.0.0.1' }, check_signatures: true, ...settings },
  secrets: { user: 'hotro', password: 'mat-khau' },
});

const mailOf = (over: { from?: string; head?: string; body?: string } = {}): string =>
  `${over.head ?? ''}From: ${over.from ?? 'Bưởi <buoi@khach.example>'}\r\nTo: hotro@shop.example.vn\r\nSubject: =?utf-8?q?Gi=C3=A1?=\r\n` +
  `Date: Tue, 3 Mar 2026 10:05:12 +0700\r\nMessage-ID: <m1@khach.example>\r\n` +
  `Content-Type: text/plain; charset=utf-8\r\n\r\n${over.body ?? 'Áo này giá bao nhiêu ạ?\r\n'}`;
const signed = (mail: string, over: Partial<SigningOptions> = {}): string =>
  signMail(mail, { domain: 'khach.example', selector: 's1', privateKey: keys.privateKey, ...over });

interface Read extends ParsedMail {
  readonly check: MailCheck | undefined;
}

/** A mail on its whole way: checked, then parsed. */
async function read(source: Buffer | string, textOf = answering(RECORDS), settings: object = {}): Promise<Read> {
  const bytes = Buffer.from(source as string);
  const check = await verifySignatures(bytes, AT, textOf);
  const mail = {
    source: bytes,
    extent: 'whole' as const,
    sizeBytes: bytes.length,
    internalDate: AT,
    folder: 'INBOX',
    uidValidity: '1',
    uid: 1,
    backfill: false,
    ...(check === undefined ? {} : { check }),
  };
  return { ...(await parseMail(mail, { account: account(settings), receivedAt: AT, timeoutMs: 5_000 })), check };
}

const identityOf = ({ event }: ParsedMail): InboundIdentity | undefined => event.data.identity;
const kindOf = (mail: ParsedMail): string | undefined => identityOf(mail)?.kind;
const verdictOf = ({ event }: ParsedMail) => ('mail' in event.data ? event.data.mail?.authentication : undefined);
const flagsOf = ({ event }: ParsedMail): readonly string[] => event.data.flags ?? [];
const withReplacedFrom = (mail: string): string => mail.replace('From: Bưởi <buoi@khach', 'From: Bưởi <giam-doc@khach');

describe('a mail that its own domain signed', () => {
  const published = answering(SIGNED_MAIL_RECORDS);

  it('is that domain’s', async () => {
    const mail = await read(SIGNED_MAIL, published);
    expect(kindOf(mail)).toBe('email');
    expect(mail.event.data.identity).toMatchObject({ value: 'b@khachhang.example', authenticity: 'A2' });
    expect(verdictOf(mail)).toEqual({ dkim: 'pass', dmarc: 'pass' });
    expect(flagsOf(mail)).not.toContain('dmarc_fail');
  });

  it('and of which one character was changed is not, and its domain does not want it', async () => {
    const changed = Buffer.from(SIGNED_MAIL.toString('latin1').replace('shop', 'shep'), 'latin1');
    const mail = await read(changed, published);
    expect(kindOf(mail)).toBe('email_unverified');
    expect(verdictOf(mail)).toEqual({ dkim: 'neutral', dmarc: 'fail' });
    expect(flagsOf(mail)).toContain('dmarc_fail');
  });

  it('and whose From was replaced is not', async () => {
    const changed = Buffer.from(SIGNED_MAIL.toString('latin1').replace('<b@khach', '<giam-doc@khach'), 'latin1');
    expect(kindOf(await read(changed, published))).toBe('email_unverified');
  });

  it('by a mail program is that domain’s as well', async () => {
    const transport = createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'windows',
      dkim: {
        domainName: 'khach.example',
        keySelector: 's1',
        privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    });
    const { message } = await transport.sendMail({
      from: 'Bưởi <buoi@khach.example>',
      to: 'hotro@shop.example.vn',
      subject: 'Hỏi giá áo khoác',
      text: 'Áo này giá bao nhiêu ạ?',
      html: '<p>Áo này giá bao nhiêu ạ?</p>',
    });
    const mail = await read(message as Buffer);
    expect(kindOf(mail)).toBe('email');
    expect(verdictOf(mail)).toEqual({ dkim: 'pass', dmarc: 'pass' });
  });
});

describe('who a mail is from, by what is found out about it', () => {
  const body = 'Áo này giá bao nhiêu ạ?\r\n';
  const bodyBytes = Buffer.byteLength(body);
  it.each<[string, string, 'email' | 'email_unverified', string | undefined]>([
    ['signed by the domain of From', signed(mailOf()), 'email', 'pass'],
    ['signed by the organisation above', signed(mailOf({ from: 'a@thu.khach.example' })), 'email', 'pass'],
    ['signed by a part of the organisation', signed(mailOf(), { domain: 'thu.khach.example' }), 'email', 'pass'],
    [
      'signed below a public suffix of two labels',
      signed(mailOf({ from: 'a@mail.hoa-mai.com.vn' }), { domain: 'hoa-mai.com.vn' }),
      'email',
      'pass',
    ],
    [
      'signed by a neighbour under the same public suffix',
      signed(mailOf({ from: 'a@hoa-mai.com.vn' }), { domain: 'hoa-sen.com.vn' }),
      'email_unverified',
      'pass',
    ],
    ['signed by a mailing service', signed(mailOf(), { domain: 'gui.example' }), 'email_unverified', 'pass'],
    ['signed by both', signed(signed(mailOf()), { domain: 'gui.example' }), 'email', 'pass'],
    [
      'From signed, and signed as being there once',
      signed(mailOf(), { fields: ['from', 'from', 'to'] }),
      'email',
      'pass',
    ],
    [
      'From signed as being there once, and a second one put in',
      signed(mailOf(), { fields: ['from', 'from', 'to'] }).replace('From:', 'From: gia@la.example\r\nFrom:'),
      'email_unverified',
      undefined,
    ],
    ['From not signed', signed(mailOf(), { fields: ['to', 'subject', 'date'] }), 'email_unverified', 'pass'],
    [
      'From not signed, and replaced',
      withReplacedFrom(signed(mailOf(), { fields: ['to', 'subject', 'date'] })),
      'email_unverified',
      'pass',
    ],
    ['From signed, and replaced', withReplacedFrom(signed(mailOf())), 'email_unverified', 'fail'],
    [
      'two From fields, of which the lower is signed',
      signed(mailOf()).replace('From:', 'From: gia@khach.example\r\nFrom:'),
      'email_unverified',
      undefined,
    ],
    ['two authors', signed(mailOf({ from: 'buoi@khach.example, gia@khach.example' })), 'email_unverified', undefined],
    ['the whole body counted', signed(mailOf({ body }), { bodyLength: bodyBytes }), 'email', 'pass'],
    [
      'the body signed in part, and more put behind it',
      `${signed(mailOf({ body }), { bodyLength: bodyBytes })}Chuyển tiền vào số này nhé.\r\n`,
      'email_unverified',
      'pass',
    ],
    [
      'expired when it came',
      signed(mailOf(), { tags: { t: '1767000000', x: '1767100000' } }),
      'email_unverified',
      'neutral',
    ],
    ['valid when it came, and expired since', signed(mailOf(), { tags: { x: '1772600000' } }), 'email', 'pass'],
    [
      'signed with a weak key',
      signed(mailOf(), { selector: 'weak', privateKey: weakKeys.privateKey }),
      'email_unverified',
      'policy',
    ],
    ['the key was taken back', signed(mailOf(), { selector: 'revoked' }), 'email_unverified', 'neutral'],
    ['the key is not there', signed(mailOf(), { selector: 'none' }), 'email_unverified', 'neutral'],
    ['not signed', mailOf(), 'email_unverified', 'none'],
  ])('%s', async (_label, source, kind, dkim) => {
    const mail = await read(source);
    expect(kindOf(mail)).toBe(kind);
    expect(identityOf(mail)?.authenticity).toBe(kind === 'email' ? 'A2' : 'A1');
    expect(verdictOf(mail)?.dkim).toBe(dkim);
  });

  it.each<[string, string, TextOf, object, boolean]>([
    ['the domain wants it refused', mailOf(), answering(RECORDS), {}, true],
    ['the organisation wants it put aside', mailOf({ from: 'a@thu.hoa-mai.com.vn' }), answering(RECORDS), {}, true],
    ['a stranger signed it', signed(mailOf(), { domain: 'gui.example' }), answering(RECORDS), {}, true],
    ['the domain wants nothing', mailOf({ from: 'a@mo.example' }), answering(RECORDS), {}, false],
    ['the domain says nothing', mailOf({ from: 'a@la.example' }), answering(RECORDS), {}, false],
    ['DNS says nothing', signed(mailOf()), silent, {}, false],
    [
      'the key could not be asked for',
      signed(mailOf()),
      (name) => (name.startsWith('s1.') ? silent(name) : answering(RECORDS)(name)),
      {},
      false,
    ],
    [
      'a trusted border says that SPF passed for the domain',
      mailOf({ head: 'Authentication-Results: mx.shop.example; spf=pass smtp.mailfrom=b@thu.khach.example\r\n' }),
      answering(RECORDS),
      { trusted_authserv_ids: ['mx.shop.example'] },
      false,
    ],
    [
      'a trusted border says that SPF passed for another domain',
      mailOf({ head: 'Authentication-Results: mx.shop.example; spf=pass smtp.mailfrom=b@gui.example\r\n' }),
      answering(RECORDS),
      { trusted_authserv_ids: ['mx.shop.example'] },
      true,
    ],
    [
      'a trusted border says so itself',
      mailOf({ from: 'a@mo.example', head: 'Authentication-Results: mx.shop.example; dmarc=fail\r\n' }),
      answering(RECORDS),
      { trusted_authserv_ids: ['mx.shop.example'] },
      true,
    ],
  ])('without proof, it is warned of when %s: %#', async (_label, source, textOf, settings, warned) => {
    const mail = await read(source, textOf, settings);
    expect(kindOf(mail)).toBe('email_unverified');
    expect(flagsOf(mail).includes('dmarc_fail')).toBe(warned);
  });

  it('SPF alone does not tell who wrote', async () => {
    const head = 'Authentication-Results: mx.shop.example; spf=pass smtp.mailfrom=b@khach.example\r\n';
    const mail = await read(mailOf({ head }), answering(RECORDS), { trusted_authserv_ids: ['mx.shop.example'] });
    expect(kindOf(mail)).toBe('email_unverified');
  });

  it('what our own border wrote counts before what we find out', async () => {
    const settings = { trusted_authserv_ids: ['mx.shop.example'] };
    const failed = signed(mailOf({ head: 'Authentication-Results: mx.shop.example; dkim=fail; dmarc=fail\r\n' }));
    expect(kindOf(await read(failed, answering(RECORDS), settings))).toBe('email_unverified');
    const passed = mailOf({
      head: 'Authentication-Results: mx.shop.example; dmarc=pass header.from=khach.example\r\n',
    });
    expect(kindOf(await read(passed, answering(RECORDS), settings))).toBe('email');
    // A border that is not ours is anybody.
    expect(kindOf(await read(passed, answering(RECORDS)))).toBe('email_unverified');
  });

  it('DNS that says nothing proves nothing and loses nothing', async () => {
    const mail = await read(signed(mailOf()), silent);
    expect(kindOf(mail)).toBe('email_unverified');
    expect(verdictOf(mail)).toEqual({ dkim: 'temperror' });
    expect(mail.event.data).toMatchObject({ content: { text: 'Áo này giá bao nhiêu ạ?' } });
  });
});

describe('a mail that a forwarder sealed', () => {
  const trusting = { trusted_arc_sealers: ['chuyen.example'] };
  const PASSED = 'mx.chuyen.example; dmarc=pass header.from=khach.example';

  /** Seals as a forwarder does that found `results`; a list changes the body before. */
  async function sealed(
    mail: string,
    results: string,
    over: { domain?: string; headerList?: string[]; instance?: 1 | 2 } = {},
  ) {
    const { domain = 'chuyen.example', instance = 1, headerList } = over;
    // Its types leave out what stands for the chain so far.
    const seal = {
      signingDomain: domain,
      selector: 's1',
      privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      algorithm: 'rsa-sha256',
      // Taken as a text, against its types.
      ...(headerList && { headerList: headerList.join(':') as unknown as string[] }),
      i: instance,
      cv: instance === 2 ? 'pass' : 'none',
      authResults: results,
    };
    const headers = await sealMessage(Buffer.from(mail), seal);
    return headers.toString() + mail;
  }

  const listMail = mailOf({ body: 'Áo này giá bao nhiêu ạ?\r\n--\r\nDanh sách khách hàng\r\n' });

  it.each<[string, () => Promise<string>, object, 'email' | 'email_unverified']>([
    ['which is trusted, and DMARC had passed', () => sealed(listMail, PASSED), trusting, 'email'],
    ['which nobody trusts', () => sealed(listMail, PASSED), {}, 'email_unverified'],
    [
      'which is another than the trusted one',
      () => sealed(listMail, PASSED, { domain: 'gui.example' }),
      trusting,
      'email_unverified',
    ],
    ['and DMARC had failed', () => sealed(listMail, PASSED.replace('pass', 'fail')), trusting, 'email_unverified'],
    [
      'and only DKIM had passed',
      () => sealed(listMail, 'mx; dkim=pass header.d=khach.example'),
      trusting,
      'email_unverified',
    ],
    [
      'and DMARC had passed for another',
      () => sealed(listMail, 'mx.chuyen.example; dmarc=pass header.from=gui.example'),
      trusting,
      'email_unverified',
    ],
    [
      'and the body was changed since',
      async () => `${await sealed(listMail, PASSED)}Chuyển tiền vào số này nhé.\r\n`,
      trusting,
      'email_unverified',
    ],
    [
      'and From was replaced since',
      async () => withReplacedFrom(await sealed(listMail, PASSED)),
      trusting,
      'email_unverified',
    ],
    [
      'without its From, which was replaced since',
      async () => withReplacedFrom(await sealed(listMail, PASSED, { headerList: ['To', 'Subject'] })),
      trusting,
      'email_unverified',
    ],
    [
      'and what it had found was changed since',
      async () =>
        (await sealed(listMail, 'mx; dmarc=fail header.from=khach.example')).replace('dmarc=fail', 'dmarc=pass'),
      trusting,
      'email_unverified',
    ],
    [
      'after another forwarder had sealed it',
      async () =>
        await sealed(await sealed(listMail, 'mx; dmarc=fail', { domain: 'gui.example' }), PASSED, { instance: 2 }),
      trusting,
      'email',
    ],
    [
      'before another did, whom nobody trusts',
      async () => await sealed(await sealed(listMail, PASSED), PASSED, { domain: 'gui.example', instance: 2 }),
      trusting,
      'email_unverified',
    ],
  ])('%s', async (_label, source, settings, kind) => {
    const mail = await read(await source(), answering(RECORDS), settings);
    expect(kindOf(mail)).toBe(kind);
    expect(kind === 'email' && flagsOf(mail).includes('dmarc_fail')).toBe(false);
  });
});
