import { cpuMillisOf } from '@app/testkit';
import type { ChannelAccount } from '@app/kernel';
import { aTnef } from '../shared/mail/fixtures/a-tnef.js';
import { swollenRtf } from '../shared/mail/fixtures/swollen-rtf.js';
import { parseMail } from './pulled-mail.js';

const ACCOUNT: ChannelAccount = {
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@shop.example.vn',
  settings: { imap: { host: '127.0.0.1' }, trusted_authserv_ids: ['mx.shop.example.vn'] },
  secrets: { user: 'hotro', password: 'x' },
};
const LONG = 500_000;
const RTF_REFERENCES = Math.round(LONG / (17 / 8));
const long = (text: string): string => text.repeat(Math.ceil(LONG / text.length));
const withHead = (head: string): string => `From: a@khach.example\r\n${head}\r\n\r\nChào`;
const withBody = (type: string, body: string): string =>
  `From: a@khach.example\r\nContent-Type: ${type}\r\n\r\n${body}`;
/** What Outlook packs, with half a megabyte of compressed RTF, which unfolds to four. */
const withRtf = (start: string, piece: string): string => {
  const packed = aTnef([], { rtf: swollenRtf(start, piece, RTF_REFERENCES) });
  const head = 'From: a@khach.example\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64';
  return `${head}\r\n\r\n${packed.toString('base64')}`;
};

/** Half a megabyte of each must not hold up the mails behind it. */
describe('a hostile mail is done within three seconds', () => {
  it.each<[string, string]>([
    ['blanks in a subject', withHead(`Subject: a${long(' ')}b`)],
    ['encoded words', withHead(`Subject: ${long('=?utf-8?Q?=E1=BB=8F?= ')}`)],
    ['an encoded word that never ends', withHead(`Subject: ${long('=?utf-8?Q?')}`)],
    ['blanks in results', withHead(`Authentication-Results: mx.shop.example.vn; dkim=pass${long(' ')}b`)],
    ['blanks in a date', withHead(`Date: Tue${long(' ')}x`)],
    ['blanks in a content type', withHead(`Content-Type: text/plain${long(' ')};${long(' ')}charset`)],
    ['charset labels', withHead(`Content-Type: text/plain; ${long('charset=vni ')}`)],
    ['folded lines', withHead(`Subject: a${long('\r\n b')}`)],
    ['fields', withHead(long('X-A: b\r\n').trimEnd())],
    ['recipients', withHead(`To: ${long('a@khach.example, ')}`)],
    ['brackets in recipients', withHead(`To: ${long('<')}`)],
    ['quotes in recipients', withHead(`To: ${long('"')}`)],
    ['comments in recipients', withHead(`To: ${long('(')}`)],
    ['groups in recipients', withHead(`To: ${long('a:')}`)],
    ['ids', withHead(`References: ${long('<a@b>')}`)],
    ['brackets in ids', withHead(`References: ${long('<')}`)],
    ['return path', withHead(`Return-Path: <${long(' ')}x`)],
    ['automatic', withHead(`Auto-Submitted: ${long('(')}`)],
    ['blanks in text', withBody('text/plain', `a${long(' ')}b`)],
    ['blank lines in text', withBody('text/plain', long('\r\n \r\n'))],
    ['flowed text', withBody('text/plain; format=flowed', long('> a \r\n'))],
    ['tags', withBody('text/html', long('<div>'))],
    ['tags that never end', withBody('text/html', long('<'))],
    ['attributes', withBody('text/html', `<a ${long('a=b ')}>`)],
    ['links', withBody('text/html', long('<a href="https://x.example/a">b</a>'))],
    ['tables', withBody('text/html', long('<table><tr><td>'))],
    ['entities', withBody('text/html', long('&nbsp;&#1;'))],
    ['inline pictures', withBody('text/html', long('<img src="cid:a">'))],
    ['nested parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(400)],
    ['boundaries', withBody('multipart/mixed; boundary=b', long('--b\r\n'))],
    ['parts without a boundary', withBody('multipart/mixed', long('--b\r\nContent-A: b\r\n'))],
    ['uuencoded lines', withBody('text/plain', long('begin 644 a\r\n'))],
    ['groups of RTF', withRtf('{\\rtf1', '{\\*\\a b}')],
    ['groups within groups of RTF', withRtf('{\\rtf1', '{')],
    ['letters of RTF', withRtf('{\\rtf1\\ansicpg1258 ', "\\'ea\\u7841?")],
    ['lines of RTF', withRtf('{\\rtf1', '\\par ')],
    ['HTML in RTF', withRtf('{\\rtf1\\fromhtml1 ', '{\\*\\htmltag64 <p>}')],
    ['the code of a font', withBody('text/plain; charset=iso-8859-1', long('\u00f6\u00f9a\u00ea '))],
  ])('%s', async (_label, text) => {
    const source = Buffer.from(text, 'latin1');
    const mail = {
      source,
      extent: 'whole',
      sizeBytes: source.length,
      folder: 'INBOX',
      uidValidity: '1',
      uid: 1,
      backfill: false,
    } as const;
    const options = { account: ACCOUNT, receivedAt: new Date('2026-03-03T00:00:00Z'), timeoutMs: 10_000 };
    expect(await cpuMillisOf(async () => await parseMail(mail, options))).toBeLessThan(3_000);
  });
});
