import type { ChannelAccount } from '@app/kernel';
import { smsReceived } from './sms-event.js';

const account: ChannelAccount = {
  id: 'brand',
  channel: 'sms',
  provider: 'http',
  externalId: 'CUAHANG',
  settings: {},
  secrets: {},
};
const receivedAt = new Date('2026-02-01T00:00:00.000Z');
const flagsOf = (text: string): readonly string[] | undefined =>
  smsReceived(
    {
      account,
      context: { account, accounts: [account], receivedAt, verification: { ok: true, method: 'token' } },
      providerName: 'http',
      customer: '0912345678',
      messageId: '1',
      timeMs: receivedAt.getTime(),
      raw: { media_type: 'text/plain', encoding: 'utf8', data: text },
    },
    { text },
  ).event.data.flags;

describe('a text that says stop', () => {
  it.each([
    'STOP',
    ' stop. ',
    'Hủy',
    'huy',
    'HỦY',
    'TC',
    'tc cuahang',
    'Không nhận',
    'KHONG NHAN CUAHANG',
    'unsubscribe',
    'Hu\u0309y',
  ])('is marked: %j', (text) => {
    expect(flagsOf(text)).toEqual(['opt_out']);
  });

  it.each([
    'Hủy đơn',
    'HUY DON 123',
    'stop it',
    'TC KHAC',
    'CUAHANG',
    '',
    'Không',
    'Em không nhận được hàng',
    `stop${' .'.repeat(60)}`,
  ])('is another: %j', (text) => {
    expect(flagsOf(text)).toBeUndefined();
  });
});
