import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { AddressSet } from './mail-address.js';
import { complaintOf, toReports, type ComplainingMail } from './mail-complaint.js';

const OWN = new AddressSet(['hotro@cuahang.example', 'sales@shop.example.vn']);
const part = (contentType: string, lines: readonly string[]) => ({
  contentType,
  bytes: Buffer.from(lines.join('\r\n')),
});
const feedback = (...lines: readonly string[]) =>
  part('message/feedback-report', ['User-Agent: Robot/1.0', 'Version: 1', ...lines]);
const ABUSE = feedback('Feedback-Type: abuse');
const mailTo = (to: string, ...more: readonly string[]) =>
  part('message/rfc822', [
    'From: Cửa hàng <tin@cuahang.example>',
    `To: ${to}`,
    'Message-ID: <khuyen-mai-1@cuahang.example>',
    ...more,
    '',
    'Giảm giá',
  ]);
const HA = 'ha@khach.example';
const MESSAGE = 'khuyen-mai-1@cuahang.example';
const read = (parts: ComplainingMail['parts'], over: Partial<ComplainingMail> = {}) =>
  complaintOf({ mailClass: 'complaint', parts, own: OWN, isForged: false, ...over });

describe('a complaint of a recipient', () => {
  it.each([
    ['whom the report names', [feedback('Feedback-Type: abuse', `Original-Rcpt-To: <${HA}>`), mailTo('*@x.example')]],
    ['to whom the mail went', [ABUSE, mailTo(`Hà <${HA}>`)]],
    ['to whom it went with a copy to us', [ABUSE, mailTo(HA, 'Cc: hotro+1@cuahang.example')]],
    [
      'whom the report hides and the mail names',
      [feedback('Feedback-Type: abuse', 'Original-Rcpt-To: redacted@x.example'), mailTo(HA)],
    ],
    ['whom outlook.com names', [mailTo('redacted@x.example', `X-HmXmrOriginalRecipient: ${HA}`)]],
    ['in capitals', [feedback('feedback-type: Abuse', 'ORIGINAL-RCPT-TO: Ha@Khach.example'), mailTo('x')]],
  ])('is of the one %s', (_who, parts) => {
    expect(read(parts)).toEqual({ type: 'abuse', recipient: HA, messageId: MESSAGE });
  });

  it.each([
    ['the name is taken out', 'redacted@khach.example'],
    ['the name is crossed out', 'xxxx@khach.example'],
    ['the name is a digest', '5f2b6f0b1c9d4e7aa1b2c3d4e5f60718@khach.example'],
    ['the name is a digest in base64', 'aGVsbG9oZWxsb2hlbGxvaGVsbG8=@khach.example'],
    ['several could have', 'ha@khach.example, mai@khach.example'],
    ['nobody but us is named', 'hotro@cuahang.example'],
    ['there is no address', 'undisclosed-recipients:;'],
  ])('is of nobody when %s', (_why, to) => {
    expect(read([ABUSE, mailTo(to)])).toEqual({ type: 'abuse', messageId: MESSAGE });
  });

  it.each(['abuse', 'opt-out', 'opt-out-list'])('says that no more is wanted: %s', (type) => {
    expect(read([feedback(`Feedback-Type: ${type}`), mailTo(HA)])?.type).toBe(type);
  });

  it.each(['fraud', 'virus', 'not-spam', 'auth-failure', 'other', ''])('is none of these: "%s"', (type) => {
    expect(read([feedback(`Feedback-Type: ${type}`), mailTo(HA)])).toBeUndefined();
  });

  it('is about a mail of ours, and not forged', () => {
    const foreign = part('message/rfc822', ['From: ai@khac.example', `To: ${HA}`, 'Message-ID: <x@khac.example>']);
    expect(read([ABUSE, foreign])).toBeUndefined();
    expect(read([ABUSE])).toBeUndefined();
    expect(read([ABUSE, mailTo(HA)], { isForged: true })).toBeUndefined();
    expect(read([ABUSE, mailTo(HA)], { mailClass: 'bounce' })).toBeUndefined();
  });

  it('may come without the mail, when it says from whom that was', () => {
    const report = feedback(
      'Feedback-Type: abuse',
      'Original-Mail-From: <tra-lai@thu.cuahang.example>',
      `Original-Rcpt-To: ${HA}`,
    );
    expect(read([report])).toEqual({ type: 'abuse', recipient: HA });
  });

  it('tells of the mail that it arrived and was unwanted', () => {
    expect(toReports({ type: 'abuse', recipient: HA, messageId: MESSAGE })).toEqual([
      { messageId: MESSAGE, recipient: HA, status: 'delivered', complaint: 'abuse' },
    ]);
    expect(toReports({ type: 'abuse', recipient: HA })).toEqual([]);
  });

  it('never throws, whatever the parts are', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 2_000 }), (field, bytes) => {
        const report = feedback('Feedback-Type: abuse', `Original-Rcpt-To: ${field}`);
        const found = read([report, { contentType: 'message/rfc822', bytes: Buffer.from(bytes) }, mailTo(field)]);
        expect([undefined, 'abuse']).toContain(found?.type);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['names', 'a'],
    ['signs', '@'],
    ['addresses', 'a@b, '],
    ['brackets', '<'],
  ])('reads a megabyte of %s at once', async (_what, piece) => {
    const long = piece.repeat(1_000_000 / piece.length);
    const parts = [feedback('Feedback-Type: abuse', `Original-Rcpt-To: ${long}`), mailTo(long)];
    expect(await cpuMillisOf(() => read(parts))).toBeLessThan(1_000);
  });
});
