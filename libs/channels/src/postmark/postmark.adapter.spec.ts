import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { MessageReceived } from '@app/contracts';
import type { WebhookRequest } from '../channel-adapter.js';
import { postmarkAdapter } from './postmark.adapter.js';

const account: ChannelAccount = {
  id: 'thu-den',
  channel: 'email',
  provider: 'postmark',
  externalId: 'hotro@cuahang.example',
  settings: {},
  secrets: { user: 'omniline', password: 'made-up-password-0123' },
};
const signed = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/email/thu-den',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`${secrets['user']}:${secrets['password']}`).toString('base64')}`,
  },
  body,
  remoteAddress: '192.0.2.1',
});

describeChannelAdapter({
  adapter: postmarkAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'authorization',
  signsBody: false,
  required: ['secrets.user', 'secrets.password'],
  sample: Buffer.from(JSON.stringify({ MessageID: '1', RawEmail: 'From: ha@khach.example\r\n\r\nChào' })),
});

it('puts nothing of a header into a line of its own', async () => {
  const mail = {
    MessageID: '1',
    FromFull: { Email: 'ha@khach.example', Name: 'Hà"\r\nBcc: x@khach.example' },
    TextBody: 'Chào',
  };
  const body = Buffer.from(JSON.stringify(mail));
  const receivedAt = new Date('2026-02-01T00:00:00.000Z');
  const verification = { ok: true, method: 'token' } as const;
  const { events, kept } = await postmarkAdapter.parse(signed(body, account), {
    account,
    accounts: [account],
    receivedAt,
    verification,
  });
  expect((events[0]!.event.data as MessageReceived).identity).toMatchObject({ value: 'ha@khach.example' });
  expect(kept![0]!.bytes.toString()).not.toMatch(/^Bcc:/m);
});
