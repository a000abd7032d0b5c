import twilio from 'twilio/lib/webhooks/webhooks.js';
import type { CallUpdated } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { twilioVoiceAdapter } from './twilio-voice.adapter.js';
import { twilioSignature } from './twilio.signature.js';

const PUBLIC_URL = 'https://cs.example.vn/webhooks/voice/tong-dai';

const account: ChannelAccount = {
  id: 'tong-dai',
  channel: 'voice',
  provider: 'twilio',
  externalId: '+842871000001',
  settings: { public_url: PUBLIC_URL },
  secrets: { account_sid: 'AC-made-up-sid', auth_token: '0123456789abcdef0123456789abcdef' },
};
const ofAgentsWhoDial: ChannelAccount = { ...account, settings: { ...account.settings, dialled: 'customer' } };

function signed(body: Buffer, { secrets, settings }: ChannelAccount): WebhookRequest {
  const pairs = [...new URLSearchParams(body.toString('utf8'))];
  return {
    method: 'POST',
    originalUrl: '/webhooks/voice/tong-dai',
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(secrets['auth_token']!, String(settings['public_url']), pairs),
    },
    body,
    remoteAddress: '192.0.2.1',
  };
}

const PARENT = 'CA11111111111111111111111111111111';
const form = (fields: Record<string, string>): Buffer =>
  Buffer.from(
    new URLSearchParams({
      CallSid: PARENT,
      From: '+84912345678',
      To: '+842871000001',
      Direction: 'inbound',
      CallStatus: 'ringing',
      ...fields,
    }).toString(),
  );

describeChannelAdapter({
  adapter: twilioVoiceAdapter,
  account,
  fixtures: new URL('./fixtures/calls/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-twilio-signature',
  required: ['settings.public_url', 'secrets.account_sid', 'secrets.auth_token'],
  sample: form({}),
});

describe('calls at Twilio', () => {
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'hmac' } as const,
  };
  const parse = (fields: Record<string, string>, of = account) =>
    twilioVoiceAdapter.parse(signed(form(fields), of), { ...context, account: of });
  const dataOf = (fields: Record<string, string>, of = account): CallUpdated =>
    parse(fields, of).events[0]!.event.data as CallUpdated;
  const idOf = (fields: Record<string, string>): string => parse(fields).events[0]!.event.id;

  it('are signed as the official library signs', () => {
    const fields = Object.fromEntries(new URLSearchParams(form({}).toString()));
    const signature = twilio.getExpectedTwilioSignature(account.secrets['auth_token']!, PUBLIC_URL, fields);
    expect(signed(form({}), account).headers['x-twilio-signature']).toBe(signature);
  });

  it('accept only a number of ours and a known setting', () => {
    const problems = twilioVoiceAdapter.checkAccount({
      ...account,
      externalId: 'SHOP',
      settings: { ...account.settings, dialled: 'x' },
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['external_id', 'settings.dialled']);
  });

  it('bear the id of their first leg, whichever leg reports', () => {
    const child = dataOf({ CallSid: 'CA2', ParentCallSid: PARENT, Direction: 'outbound-dial', To: 'client:minh' });
    expect(child.provider.message_id).toBe(PARENT);
    expect(child.identity).toBeUndefined();
    expect(dataOf({}).provider.message_id).toBe(PARENT);
  });

  it('are not answered because Twilio took them: only an agent answers', () => {
    expect(dataOf({ CallStatus: 'in-progress' }).call).toMatchObject({ stage: 'ringing' });
    expect(dataOf({ CallStatus: 'completed', CallDuration: '60' }).call.outcome).toBe('unknown');
    const agent = { CallSid: 'CA2', ParentCallSid: PARENT, To: 'sip:101@pbx.example', CallStatus: 'in-progress' };
    expect(dataOf(agent).call).toMatchObject({ stage: 'answered', leg: { id: 'CA2', agent: '101' } });
  });

  it.each([
    ['a number', '+84912345678', { kind: 'phone', value: '+84912345678', authenticity: 'A1' }],
    ['a SIP address with a number', 'sip:+84912345678@sbc.example', { kind: 'phone', value: '+84912345678' }],
    ['a hidden number', 'anonymous', { kind: 'sender_label', value: 'hidden', authenticity: 'A0' }],
    ['a hidden number on a keypad', '+7378742833', { kind: 'sender_label', value: 'hidden' }],
    ['a short number', '8085', { kind: 'sender_label', value: '8085' }],
  ])('name %s by what it proves', (_label, From, identity) => {
    expect(dataOf({ From }).identity).toMatchObject(identity);
  });

  it.each(['client:minh', 'sip:101@pbx.example', 'sip:le-tan@pbx.example'])(
    'never identify the extension %s',
    (From) => {
      expect(parse({ From }).ignored).toEqual([{ reason: 'internal_call' }]);
    },
  );

  it('trust a caller whose network vouches for the number', () => {
    expect(dataOf({ StirVerstat: 'TN-Validation-Passed-A' }).identity?.authenticity).toBe('A2');
    expect(dataOf({ StirVerstat: 'TN-Validation-Passed-B' }).identity?.authenticity).toBe('A1');
  });

  it('make one report of a callback that is repeated, and two of different ones', () => {
    expect(idOf({ SequenceNumber: '1' })).toBe(idOf({ SequenceNumber: '1', ApiVersion: '2010-04-01' }));
    expect(idOf({ SequenceNumber: '1' })).not.toBe(idOf({ SequenceNumber: '2' }));
    expect(idOf({})).not.toBe(idOf({ CallStatus: 'completed' }));
  });

  it('of agents who dial name whom they dial, by the setting of the account', () => {
    const agent = dataOf({ From: 'client:minh', To: '+842871000001', CallStatus: 'in-progress' }, ofAgentsWhoDial);
    expect(agent).toMatchObject({ call: { leg: { agent: 'minh' } } });
    expect(agent.identity).toBeUndefined();
    const dialled = {
      CallSid: 'CA2',
      ParentCallSid: PARENT,
      From: '+842871000001',
      To: '+84912345678',
      CallStatus: 'busy',
    };
    expect(dataOf(dialled, ofAgentsWhoDial)).toMatchObject({
      direction: 'echo',
      identity: { kind: 'phone', value: '+84912345678' },
      call: { stage: 'ended', outcome: 'busy', our_number: '+842871000001' },
    });
    expect(dataOf(dialled).identity).toBeUndefined();
  });
});
