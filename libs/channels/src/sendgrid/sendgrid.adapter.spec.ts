import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import { EventWebhook } from '@sendgrid/eventwebhook';
import type { WebhookRequest } from '../channel-adapter.js';
import { aForm, FORM_TYPE, type FormFixture } from '../shared/mail/fixtures/a-form.js';
import { sendGridAdapter } from './sendgrid.adapter.js';

const TIMESTAMP = '1772506800';
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const account: ChannelAccount = {
  id: 'thu-den',
  channel: 'email',
  provider: 'sendgrid',
  externalId: 'hotro@cuahang.example',
  settings: {},
  secrets: { public_key: spki(ours.publicKey) },
};

function request(body: Buffer, signature: string | undefined, timestamp = TIMESTAMP): WebhookRequest {
  return {
    method: 'POST',
    originalUrl: '/webhooks/email/thu-den',
    query: new URLSearchParams(),
    headers: {
      'content-type': FORM_TYPE,
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
    body,
    remoteAddress: '192.0.2.1',
  };
}
const signed = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest => {
  const key = secrets['public_key'] === account.secrets['public_key'] ? ours.privateKey : strangers.privateKey;
  return request(body, sign('sha256', Buffer.concat([Buffer.from(TIMESTAMP), body]), key).toString('base64'));
};

describeChannelAdapter({
  adapter: sendGridAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  encode: (body) => aForm(body as FormFixture),
  signedRequest: signed,
  signatureHeader: 'x-twilio-email-event-webhook-signature',
  required: ['secrets.public_key'],
  sample: aForm({ fields: { email: 'From: ha@khach.example\r\n\r\nChào' } }),
});

describe('the signature of SendGrid', () => {
  /** The reference's own: key, time, body and signature. */
  const VECTOR = {
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIVxGraWrcT1nJDdU5uimyvkLC4BtC1HvnncntdcQA3nfozp35lnW1XdA8DV3rhiHaOHe8fz0VqCAWIVPAUI5Fg==',
    body: Buffer.from(
      'LS1iDQpDb250ZW50LURpc3Bvc2l0aW9uOiBmb3JtLWRhdGE7IG5hbWU9InN1YmplY3QiDQoNCkhvaSBnaWENCi0tYi0tDQo=',
      'base64',
    ),
    signature: 'MEQCIG7XtTcr/1kNA+0LCpYyc5WmNmulyR7YFQ8gHO4ebaTMAiAGnPjAyucqWXYgyz9lu9VshVcnfUBDNM+8azhLdlfFtg==',
  };
  const owner: ChannelAccount = { ...account, secrets: { public_key: VECTOR.key } };

  it('is that of the reference', () => {
    expect(sendGridAdapter.verify(request(VECTOR.body, VECTOR.signature, '1740970800'), owner)).toMatchObject({
      ok: true,
    });
    expect(sendGridAdapter.verify(request(VECTOR.body, VECTOR.signature, '1740970801'), owner)).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  it('is what the library of the provider takes', () => {
    const body = aForm({ fields: { email: 'From: ha@khach.example\r\n\r\nChào' } });
    const { headers } = signed(body, account);
    const webhook = new EventWebhook();
    const key = webhook.convertPublicKeyToECDSA(account.secrets['public_key']!);
    const signature = headers['x-twilio-email-event-webhook-signature']!;
    expect(webhook.verifySignature(key, body, signature, TIMESTAMP)).toBe(true);
    expect(createPublicKey(ours.privateKey).asymmetricKeyType).toBe('ec');
  });

  it('may stand under other names, and a password may take its place', () => {
    const body = aForm({});
    const { headers } = signed(body, account);
    const renamed = { ...account, settings: { signature_header: 'X-Chu-Ky', timestamp_header: 'X-Luc' } };
    const under = { 'x-chu-ky': headers['x-twilio-email-event-webhook-signature'], 'x-luc': TIMESTAMP };
    expect(sendGridAdapter.verify({ ...request(body, undefined), headers: under }, renamed)).toMatchObject({
      ok: true,
    });
    const guarded = { ...account, secrets: { user: 'sendgrid', password: 'mật khẩu dài' } };
    const authorization = `Basic ${Buffer.from('sendgrid:mật khẩu dài').toString('base64')}`;
    expect(sendGridAdapter.checkAccount(guarded)).toEqual([]);
    expect(sendGridAdapter.verify({ ...request(body, undefined), headers: { authorization } }, guarded)).toMatchObject({
      ok: true,
    });
    expect(sendGridAdapter.verify(request(body, undefined), guarded)).toEqual({ ok: false, reason: 'missing' });
  });
});
