import fc from 'fast-check';
import { readHeaderFields } from './header-fields.js';
import { reportsOf, type ReportingMail } from './mail-report.js';

const part = (contentType: string, lines: readonly string[]) => ({
  contentType,
  bytes: Buffer.from(lines.join('\r\n')),
});
const bounce = (over: Partial<ReportingMail> & { readonly head?: string } = {}): ReportingMail => ({
  mailClass: 'bounce',
  parts: [],
  text: '',
  ...over,
  fields: readHeaderFields(over.head ?? ''),
});
const STATUS = part('message/delivery-status', [
  'Reporting-MTA: dns; mx.cuahang.example',
  '',
  'Original-Recipient: rfc822;ha@khach.example',
  'Final-Recipient: rfc822; ha@hop-thu.khach.example',
  'Action: failed',
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 No such user',
]);
const RETURNED = part('text/rfc822-headers', [
  'From: hotro@cuahang.example',
  'Message-ID: <tra-loi-1@cuahang.example>',
]);

describe('what a machine reports on a mail that we sent', () => {
  it('reads who did not get it and why, and finds the mail in what came back', () => {
    expect(reportsOf(bounce({ parts: [STATUS, RETURNED], head: 'In-Reply-To: <khac@cuahang.example>' }))).toEqual([
      { messageId: 'tra-loi-1@cuahang.example', recipient: 'ha@khach.example', status: 'failed', code: '5.1.1' },
    ]);
  });

  it('reads every recipient of one report, and leaves out what is only late', () => {
    const report = part('message/delivery-status', [
      'Reporting-MTA: dns; mx.cuahang.example',
      '',
      'Final-Recipient: rfc822; a@khach.example',
      'Action: delayed',
      'Status: 4.4.1',
      '',
      'Final-Recipient: rfc822; b@khach.example',
      'Action: Failed',
      'Status: 550',
      '',
      'Final-Recipient: rfc822; c@khach.example',
      'Action: failed',
      'Diagnostic-Code: smtp; 552 5.2.2 Full',
      '',
      'Final-Recipient: rfc822; d@khach.example',
      'Action: delivered',
      'Status: 2.1.5',
      '',
      'Final-Recipient: rfc822; e@khach.example',
      'Action: relayed',
      'Status: 2.1.9',
    ]);
    const found = reportsOf(bounce({ parts: [report, RETURNED] }));
    expect(found.map(({ recipient, status, code }) => [recipient, status, code])).toEqual([
      ['b@khach.example', 'failed', '550'],
      ['c@khach.example', 'failed', '5.2.2'],
      ['d@khach.example', 'delivered', undefined],
      ['e@khach.example', 'sent', undefined],
    ]);
  });

  it.each([
    ['a mail within', [part('message/rfc822', ['Message-ID: <x@cuahang.example>', '', 'Chào chị'])], '', ''],
    ['a mail in another charset', [part('message/global', ['Message-Id: <x@cuahang.example>'])], '', ''],
    [
      'a mail that old servers paste',
      [],
      'Undelivered.\n--- Below is a copy ---\n> Message-ID: <x@cuahang.example>',
      '',
    ],
    ['the mail answered', [], '', 'In-Reply-To: <x@cuahang.example>'],
    ['the last of the thread', [], '', 'References: <w@cuahang.example> <x@cuahang.example>'],
  ])('finds the mail by %s', (_what, returned, text, head) => {
    expect(reportsOf(bounce({ parts: [STATUS, ...returned], text, head })).map(({ messageId }) => messageId)).toEqual([
      'x@cuahang.example',
    ]);
  });

  it('takes the code from the words when there is no report part', () => {
    const text = 'Xin lỗi. <ha@khach.example>:\n192.0.2.10 said: 550 5.7.1 Refused\nMessage-ID: <x@cuahang.example>';
    const head = 'X-Failed-Recipients: ha@khach.example';
    expect(reportsOf(bounce({ text, head }))).toEqual([
      { messageId: 'x@cuahang.example', recipient: 'ha@khach.example', status: 'failed', code: '5.7.1' },
    ]);
  });

  it('says nothing of a mail that it does not name', () => {
    expect(reportsOf(bounce({ parts: [STATUS] }))).toEqual([]);
  });

  const seen = (disposition: string) =>
    part('message/disposition-notification', [
      'Final-Recipient: rfc822;ha@khach.example',
      'Original-Message-ID: <x@cuahang.example>',
      `Disposition: ${disposition}`,
    ]);
  it.each([
    [
      'manual-action/MDN-sent-manually; displayed',
      [{ messageId: 'x@cuahang.example', recipient: 'ha@khach.example', status: 'read' }],
    ],
    ['automatic-action/MDN-sent-automatically; deleted', []],
  ])('reads a read receipt: %s', (disposition, expected) => {
    expect(reportsOf(bounce({ mailClass: 'receipt', parts: [seen(disposition)] }))).toEqual(expected);
  });

  it('reads nothing of the kind from people and other machines', () => {
    for (const mailClass of ['normal', 'autoreply', 'auto', 'bulk', 'complaint'] as const) {
      expect(reportsOf(bounce({ mailClass, parts: [STATUS, RETURNED] }))).toEqual([]);
    }
  });

  it('never throws and is bounded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.string(), (bytes, text) => {
        const parts = [STATUS.contentType, RETURNED.contentType].map((contentType) => ({
          contentType,
          bytes: Buffer.from(bytes),
        }));
        expect(reportsOf(bounce({ parts, text })).length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 300 },
    );
  });
});
