import { createHmac, hash } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { aForm, FORM_TYPE, withFields, type FormFixture } from '../shared/mail/fixtures/a-form.js';
import { mailgunAdapter } from './mailgun.adapter.js';

const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');
const TIMESTAMP = String(RECEIVED_AT.getTime() / 1_000 - 60);

const account: ChannelAccount = {
  id: 'thu-den',
  channel: 'email',
  provider: 'mailgun',
  externalId: 'hotro@cuahang.example',
  settings: {},
  secrets: { signing_key: 'khoa-ky-bia-ra-012345' },
};

const request = (body: Buffer): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/email/thu-den',
  query: new URLSearchParams(),
  headers: { 'content-type': FORM_TYPE },
  body,
  remoteAddress: '192.0.2.1',
});
const signatureOf = (key: string, token: string, timestamp = TIMESTAMP): string =>
  createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');

function signed(body: Buffer, { secrets }: ChannelAccount): WebhookRequest {
  const token = hash('sha256', body).slice(0, 50);
  const signature = signatureOf(secrets['signing_key']!, token);
  return request(withFields(body, { timestamp: TIMESTAMP, token, signature }));
}

const SIGNATURE = /(name="signature"\r\n\r\n)(.*?)\r\n/;

describeChannelAdapter({
  adapter: mailgunAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  encode: (body) => aForm(body as FormFixture),
  signedRequest: signed,
  signatureHeader: {
    read: ({ body }) => SIGNATURE.exec(body.toString('latin1'))![2]!,
    write: (genuine, value) => ({
      ...genuine,
      body: Buffer.from(
        genuine.body
          .toString('utf8')
          .replace(SIGNATURE, value === undefined ? 'name="khac"\r\n\r\n\r\n' : `$1${value}\r\n`),
      ),
    }),
  },
  signsBody: false,
  required: ['secrets.signing_key'],
  sample: aForm({ fields: { 'body-mime': 'From: ha@khach.example\r\n\r\nChào' } }),
});

describe('the proof of Mailgun', () => {
  const form = aForm({ fields: { 'body-mime': 'From: ha@khach.example\r\n\r\nname="token"\r\n\r\ngiả' } });

  it('is that of the reference', () => {
    const owner = { ...account, secrets: { signing_key: 'mailgun-signing-key-demo' } };
    const proof = {
      timestamp: '1740970800',
      token: 'a'.repeat(50),
      signature: '79a555df3be4b14c3fee752e60fa74264ce505a429b04bc5c205a8187d366b5e',
    };
    const at = new Date('2025-03-03T03:01:00.000Z');
    expect(mailgunAdapter.verify(request(withFields(form, proof)), owner, at)).toMatchObject({ ok: true });
    const later = { ...proof, timestamp: '1740970801' };
    expect(mailgunAdapter.verify(request(withFields(form, later)), owner, at)).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  it('holds for the nine hours in which it is sent again', () => {
    const hours = (count: number) => new Date(RECEIVED_AT.getTime() + count * 3_600_000);
    expect(mailgunAdapter.verify(signed(form, account), account, hours(8))).toMatchObject({ ok: true });
    expect(mailgunAdapter.verify(signed(form, account), account, hours(10))).toEqual({ ok: false, reason: 'stale' });
  });

  it('is found in a form without files, which is not multipart', () => {
    const token = 'b'.repeat(50);
    const fields = { timestamp: TIMESTAMP, token, signature: signatureOf('khoa-ky-bia-ra-012345', token) };
    const body = Buffer.from(
      new URLSearchParams({ 'body-mime': 'From: ha@khach.example\r\n\r\nGiá?', ...fields }).toString(),
    );
    const plain = { ...request(body), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(mailgunAdapter.verify(plain, account, RECEIVED_AT)).toMatchObject({ ok: true });
  });

  it('is not looked for in what a mail says', () => {
    const token = 'c'.repeat(50);
    const inside = `name="timestamp"\r\n\r\n${TIMESTAMP}\r\nname="token"\r\n\r\n${token}\r\nname="signature"\r\n\r\n${signatureOf('khoa-ky-bia-ra-012345', token)}\r\n`;
    const forged = request(aForm({ fields: { 'body-plain': inside } }));
    expect(mailgunAdapter.verify(forged, account, RECEIVED_AT)).toEqual({ ok: false, reason: 'missing' });
  });
});
