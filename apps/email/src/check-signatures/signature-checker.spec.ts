import { pino } from 'pino';
import type { PulledMail } from '@app/channels';
import { Metrics, systemClock, type ChannelAccount } from '@app/kernel';
import { SIGNED_MAIL, SIGNED_MAIL_RECORDS } from '@app/testkit';
import { SignatureChecker, type CheckLimits } from './signature-checker.js';
import type { TextOf } from './verify-signatures.js';

const account = (settings: object = {}): ChannelAccount => ({
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@shop.example.vn',
  settings: { imap: { host: '127.0.0.1' }, check_signatures: true, sent_mailbox: 'Sent', ...settings },
  secrets: { user: 'hotro', password: 'mat-khau' },
});

const pulled = (over: Partial<PulledMail> = {}): PulledMail => ({
  source: SIGNED_MAIL,
  extent: 'whole',
  sizeBytes: SIGNED_MAIL.length,
  folder: 'INBOX',
  uidValidity: '1',
  uid: 1,
  backfill: false,
  ...over,
});

const published: TextOf = (name) =>
  SIGNED_MAIL_RECORDS[name] === undefined
    ? Promise.reject(Object.assign(new Error('queryTxt ENOTFOUND'), { code: 'ENOTFOUND' }))
    : Promise.resolve([[SIGNED_MAIL_RECORDS[name]]]);
const never: TextOf = () => new Promise(() => undefined);

describe('SignatureChecker', () => {
  const metrics = new Metrics();
  const log: string[] = [];
  const checkerWith = (textOf: TextOf, limits: CheckLimits = { mailMs: 5_000, togetherMs: 10_000 }): SignatureChecker =>
    new SignatureChecker({
      records: { textOf },
      clock: systemClock,
      metrics,
      logger: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
      limits,
    });

  it('finds out who signed', async () => {
    const [check] = await Promise.all(checkerWith(published).checkAll([pulled()], account()));
    expect(check).toEqual({
      fromDomain: 'khachhang.example',
      signatures: [{ domain: 'khachhang.example', result: 'pass', coversFrom: true, coversBody: true }],
      policy: 'reject',
    });
  });

  it.each<[string, Partial<PulledMail>, object]>([
    ['of an account that does not want it', {}, { check_signatures: false }],
    ['of an account that says nothing of it', {}, { check_signatures: undefined }],
    ['that was fetched in part', { extent: 'beginning' }, {}],
    ['that we sent', { folder: 'Sent' }, {}],
    [
      'that a trusted border checked',
      { source: Buffer.concat([Buffer.from('Authentication-Results: mx.shop.example; dkim=none\r\n'), SIGNED_MAIL]) },
      { trusted_authserv_ids: ['mx.shop.example'] },
    ],
    [
      'of more signatures than anybody makes',
      { source: Buffer.from(`${'DKIM-Signature: v=1\r\n'.repeat(11)}${SIGNED_MAIL.toString()}`) },
      {},
    ],
  ])('asks nothing about a mail %s', async (_label, over, settings) => {
    const asked: string[] = [];
    const textOf: TextOf = (name) => {
      asked.push(name);
      return published(name);
    };
    const [check] = await Promise.all(checkerWith(textOf).checkAll([pulled(over)], account(settings)));
    expect(check).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('leaves a mail unchecked when DNS takes longer than it may', async () => {
    const before = performance.now();
    const [check] = await Promise.all(
      checkerWith(never, { mailMs: 50, togetherMs: 10_000 }).checkAll([pulled()], account()),
    );
    expect(check).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(await metrics.mailChecks.get()).toMatchObject({
      values: expect.arrayContaining([{ labels: { account: 'hotro', outcome: 'not_checked' }, value: 1 }]),
    });
  });

  it('takes no longer for many mails together than it may', async () => {
    const before = performance.now();
    const mails = Array.from({ length: 200 }, (_, uid) => pulled({ uid }));
    const checks = await Promise.all(checkerWith(never, { mailMs: 200, togetherMs: 300 }).checkAll(mails, account()));
    expect(checks.every((check) => check === undefined)).toBe(true);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('goes on after a fault, and tells nothing that stands in the mail', async () => {
    const broken: TextOf = () => {
      throw new TypeError(`cannot read ${SIGNED_MAIL.toString()}`);
    };
    const [first, second] = await Promise.all(
      checkerWith(broken).checkAll([pulled({ source: Buffer.from('') }), pulled({ uid: 2 })], account()),
    );
    expect(first).toBeUndefined();
    expect(second?.signatures[0]?.result).not.toBe('pass');
    expect(log.join('')).not.toMatch(/khachhang|shop/);
  });
});
