import { cpuMillisOf } from '@app/testkit';
import { classifyMail, type MailClass } from './automatic-mail.js';
import { readHeaderFields } from './header-fields.js';

interface Case {
  readonly head?: string;
  readonly parts?: readonly string[];
  readonly from?: string;
  readonly name?: string;
  readonly subject?: string;
}

const classOf = ({ head = '', parts = [], from, name = '', subject = 'Hỏi giá' }: Case): MailClass =>
  classifyMail({
    fields: readHeaderFields(head),
    partTypes: parts,
    fromAddress: from === undefined ? 'ha@khach.example' : from === '' ? undefined : from,
    fromName: name,
    subject,
  });

describe('what wrote a mail', () => {
  it.each<[string, Case, MailClass]>([
    ['a person', {}, 'normal'],
    ['a complaint', { head: 'Content-Type: multipart/report; report-type=feedback-report; boundary=x' }, 'complaint'],
    ['a read receipt', { head: 'Content-Type: multipart/report; report-type="disposition-notification"' }, 'receipt'],
    ['a delivery report', { head: 'Content-Type: multipart/report; report-type=delivery-status' }, 'bounce'],
    ['a report that does not say of what', { head: 'Content-Type: multipart/report; boundary=x' }, 'bounce'],
    ['a part with a delivery status', { parts: ['message/delivery-status'] }, 'bounce'],
    ['a part with feedback', { parts: ['message/feedback-report'] }, 'complaint'],
    [
      'a complaint of outlook.com',
      { from: 'staff@hotmail.com', subject: 'complaint about message from 192.0.2.10', parts: ['message/rfc822'] },
      'complaint',
    ],
    ['a person who writes of a complaint', { subject: 'complaint about message from 192.0.2.10' }, 'normal'],
    ['recipients that failed', { head: 'X-Failed-Recipients: a@x.example' }, 'bounce'],
    ['the daemon', { from: 'mailer-daemon@mx.example' }, 'bounce'],
    ['the daemon with a tag', { from: 'mailer-daemon+1@mx.example' }, 'bounce'],
    ['the daemon by name', { from: 'noreply@mx.example', name: 'MAILER-DAEMON' }, 'bounce'],
    ['the daemon without an address', { from: '', name: 'Mail MAILER-DAEMON' }, 'bounce'],
    ['a person whose name only begins alike', { from: 'mailer-daemonx@khach.example' }, 'normal'],
    [
      'a returned mail with the original',
      { subject: 'Returned mail: see transcript', parts: ['message/rfc822'] },
      'bounce',
    ],
    [
      'a Vietnamese returned mail with the original',
      { subject: 'Thư bị trả lại', parts: ['message/rfc822'] },
      'bounce',
    ],
    [
      'a forward of a returned mail',
      { subject: 'Fwd: Returned mail: see transcript', parts: ['message/rfc822'] },
      'normal',
    ],
    ['the postmaster with an empty return path', { from: 'postmaster@mx.example', head: 'Return-Path: <>' }, 'bounce'],
    [
      'the postmaster writing by hand',
      { from: 'postmaster@mx.example', head: 'Return-Path: <postman@mx.example>' },
      'normal',
    ],
    [
      'an empty return path and the subject of a bounce',
      { head: 'Return-Path: <>', subject: 'Undeliverable: x' },
      'bounce',
    ],
    ['an automatic reply', { head: 'Auto-Submitted: auto-replied (vacation)' }, 'autoreply'],
    ['a notification', { head: 'Auto-Submitted: auto-generated; x=y' }, 'auto'],
    ['a mail that says it is not automatic', { head: 'Auto-Submitted: no' }, 'normal'],
    ['an old header of replies', { head: 'X-Autoreply: yes' }, 'autoreply'],
    ['an old precedence of replies', { head: 'Precedence: auto_reply' }, 'autoreply'],
    ['a Vietnamese automatic reply', { subject: 'Trả lời tự động: Hỏi giá' }, 'autoreply'],
    ['a word that only begins like a marker', { subject: 'Ooops, gửi nhầm' }, 'normal'],
    ['an empty return path', { head: 'Return-Path: <>' }, 'auto'],
    ['a newsletter', { head: 'List-Unsubscribe: <mailto:x@x.example>' }, 'bulk'],
    ['a bulk mail', { head: 'Precedence: bulk' }, 'bulk'],
  ])('%s', (_label, mail, expected) => {
    expect(classOf(mail)).toBe(expected);
  });

  it('answers hostile subjects and fields at once', async () => {
    const mail = {
      subject: 'thư '.repeat(250_000),
      head: `Auto-Submitted: ${'('.repeat(200_000)}\r\nContent-Type: ${'report-type'.repeat(20_000)}`,
    };
    expect(await cpuMillisOf(() => classOf(mail))).toBeLessThan(1_000);
  });
});
