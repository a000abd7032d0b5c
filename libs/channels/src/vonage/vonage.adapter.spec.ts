import { createHmac, hash } from 'node:crypto';
import type { MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { vonageAdapter } from './vonage.adapter.js';

const NOW_SECONDS = Date.parse('2026-02-01T00:00:00.000Z') / 1_000;
const account: ChannelAccount = {
  id: 'vonage-sms',
  channel: 'sms',
  provider: 'vonage',
  externalId: '+84888000111',
  settings: {},
  secrets: { signature_secret: 'made-up-signature-secret' },
};
const request = (body: Buffer, headers: WebhookRequest['headers'] = {}): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/sms/vonage-sms',
  query: new URLSearchParams(),
  headers: { 'content-type': 'application/json', ...headers },
  body,
  remoteAddress: '192.0.2.1',
});
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** As the Messages API signs. */
function signed(body: Buffer, { secrets }: ChannelAccount, more: object = {}): WebhookRequest {
  const claims = part({ iat: NOW_SECONDS, iss: 'Vonage', payload_hash: hash('sha256', body), ...more });
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${claims}`;
  const signature = createHmac('sha256', secrets['signature_secret']!).update(text).digest('base64url');
  return request(body, { authorization: `Bearer ${text}.${signature}` });
}
const message = (text: string, index: number) => ({
  channel: 'sms',
  message_uuid: `aaaaaaaa-bbbb-4ccc-8ddd-00000000000${index}`,
  to: '84888000111',
  from: '84912345678',
  timestamp: '2026-01-05T03:00:00Z',
  message_type: 'text',
  text,
});
const receipt = (status: string): Buffer =>
  Buffer.from(JSON.stringify({ msisdn: '84912345678', to: 'CUAHANG', messageId: '0C01', status, 'err-code': '0' }));

describeChannelAdapter({
  adapter: vonageAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'authorization',
  required: ['secrets.signature_secret'],
  handshakes: [
    ['by GET, when the address is saved', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }],
    ['by POST, when the address is saved', request(Buffer.alloc(0)), { status: 200 }],
  ],
  messages: {
    many: false,
    nul: 'remove',
    body: ([element]) => Buffer.from(JSON.stringify(element)),
    element: message,
  },
  statuses: [
    ['accepted', receipt('accepted'), 'accepted'],
    ['buffered', receipt('buffered'), 'accepted'],
    ['delivered', receipt('delivered'), 'delivered'],
    ['expired', receipt('expired'), 'expired'],
    ['failed', receipt('failed'), 'failed'],
    ['rejected', receipt('rejected'), 'failed'],
    ['unknown', receipt('unknown'), 'none'],
  ],
});

describe('the signature of the SMS API', () => {
  const at = new Date(1_740_970_800_000);
  const fields = {
    msisdn: '84912345678',
    to: '84888000111',
    messageId: '0C000000217B7F02',
    text: 'Tôi hỏi giá a=b & c',
    type: 'unicode',
    keyword: 'TÔI',
    'api-key': 'abcd1234',
    'message-timestamp': '2025-03-03 03:00:00',
    timestamp: '1740970800',
    nonce: 'b7c1a2d3-0001-4000-8000-000000000001',
  };
  /** The reference's own, for the secret `vonage-signature-secret`. */
  const VECTORS = {
    md5hash: '4e538ba82d37290b6fbdb449fbe4e356',
    md5: '0e0cb05995b93db1b8afbbc81cbfe7b2',
    sha1: 'c084ff029dde32d54d77c1523848775fc89a6bce',
    sha256: 'a3e384810319b740cf4165b1a3ba2419c768d8a48fb773d099b9bfd0963020b8',
    sha512:
      '930667bfef3da5533f9d9e2cda728de92054a70b8b868f4887a4957d8292cbd7c2a72a053ddbe7d5e93ebb643a6a0b0a1f0dc4c8f1a06c1ee83ad59f0b3fa2e6',
  };
  const owner = (signature: string): ChannelAccount => ({
    ...account,
    settings: { signature },
    secrets: { signature_secret: 'vonage-signature-secret' },
  });
  const form = (values: object): WebhookRequest => ({
    ...request(Buffer.from(new URLSearchParams(values as Record<string, string>).toString())),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

  it.each(Object.entries(VECTORS))('%s is that of the reference', (method, sig) => {
    const ours = owner(method);
    expect(vonageAdapter.checkAccount(ours)).toEqual([]);
    for (const given of [sig, sig.toUpperCase()]) {
      expect(vonageAdapter.verify(form({ ...fields, sig: given }), ours, at)).toMatchObject({ ok: true });
    }
    const query = new URLSearchParams({ ...fields, sig });
    const get: WebhookRequest = {
      ...request(Buffer.alloc(0), {}),
      method: 'GET',
      query,
      originalUrl: `/x?${query.toString()}`,
    };
    expect(vonageAdapter.verify(get, ours, at)).toMatchObject({ ok: true });
    expect(vonageAdapter.verify(request(Buffer.from(JSON.stringify({ ...fields, sig }))), ours, at)).toMatchObject({
      ok: true,
    });
    for (const changed of [{ text: 'Tôi' }, { more: '1' }, { timestamp: '1740970801' }]) {
      expect(vonageAdapter.verify(form({ ...fields, sig, ...changed }), ours, at)).toEqual({
        ok: false,
        reason: 'mismatch',
      });
    }
    const { sig: _none, ...without } = { ...fields, sig };
    expect(vonageAdapter.verify(form(without), ours, at)).toEqual({ ok: false, reason: 'missing' });
    const later = new Date(at.getTime() + 301_000);
    expect(vonageAdapter.verify(form({ ...fields, sig }), ours, later)).toEqual({ ok: false, reason: 'stale' });
    const other = method === 'sha1' ? 'sha512' : 'sha1';
    expect(vonageAdapter.verify(form({ ...fields, sig }), owner(other), at)).toEqual({ ok: false, reason: 'mismatch' });
  });
});

describe('the token of the Messages API', () => {
  const BODY =
    '{"to":"84888000111","from":"84912345678","channel":"sms","message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","timestamp":"2025-03-03T03:00:00Z","message_type":"text","text":"Chào shop"}';
  const TOKEN =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NDA5NzA4MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6IjhjNTM0NjRjMDNjOTA1NDg1MTkzN2RhY2FkNjBhMDg2ZGQzYzQwOWE3YzVjYTNlNzg3NTkwZjcwNWViMjU4OGYiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ.TbsX99SR4jTI93DHjHKH3NS2r6QKlkphrPbUwgH4j2U';
  const owner = { ...account, secrets: { signature_secret: 'vonage-signature-secret' } };
  const at = new Date(1_740_970_800_000);

  it('is that of the reference, for that body and that time only', () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(vonageAdapter.verify(request(Buffer.from(BODY), headers), owner, at)).toMatchObject({ ok: true });
    expect(vonageAdapter.verify(request(Buffer.from(`${BODY} `), headers), owner, at)).toEqual({
      ok: false,
      reason: 'other_body',
    });
    const later = new Date(at.getTime() + 301_000);
    expect(vonageAdapter.verify(request(Buffer.from(BODY), headers), owner, later)).toEqual({
      ok: false,
      reason: 'stale',
    });
  });

  it('of another algorithm is none, whoever made it', () => {
    const body = Buffer.from(BODY);
    for (const alg of ['none', 'HS512', 'hs256']) {
      const text = `${part({ alg })}.${part({ iat: 1_740_970_800, payload_hash: hash('sha256', body) })}`;
      const signature = createHmac('sha256', 'vonage-signature-secret').update(text).digest('base64url');
      const forged = request(body, { authorization: `Bearer ${text}.${signature}` });
      expect(vonageAdapter.verify(forged, owner, at)).toEqual({ ok: false, reason: 'algorithm' });
    }
  });
});

describe('a long text of the SMS API', () => {
  const piece = (number: number, text: string, more = {}) => {
    const fields = {
      msisdn: '84912345678',
      to: '84888000111',
      messageId: `0C0${number}`,
      text,
      concat: 'true',
      'concat-ref': '9',
      'concat-total': '3',
    };
    const body = Buffer.from(
      JSON.stringify({
        ...fields,
        'concat-part': String(number),
        'message-timestamp': `2026-01-05 03:00:0${number}`,
        ...more,
      }),
    );
    const receivedAt = new Date('2026-02-01T00:00:00.000Z');
    const verification = { ok: true, method: 'hmac' } as const;
    const result = vonageAdapter.parse(signed(body, account), {
      account,
      accounts: [account],
      receivedAt,
      verification,
    });
    return result.parts ?? [];
  };
  const join = (parts: readonly { number: number; payload: string }[], told = 0) =>
    vonageAdapter.join!({ id: '5', total: 3, firstAt: new Date('2026-02-01T00:00:00.000Z'), told, parts }, account)
      .event;

  it('is joined, half a character at its cuts included', () => {
    const parts = [...piece(1, 'Áo \ud83d'), ...piece(2, '\ude00 còn '), ...piece(3, 'không ạ')];
    expect(parts.map(({ number, total, senderId }) => [number, total, senderId])).toEqual(
      [1, 2, 3].map((n) => [n, 3, '+84912345678']),
    );
    expect(new Set(parts.map(({ setKey }) => setKey)).size).toBe(1);
    const { data } = join(parts);
    expect((data as MessageReceived).content.text).toBe('Áo 😀 còn không ạ');
    expect(data).toMatchObject({ occurred_at: '2026-01-05T03:00:01.000Z', provider: { message_id: 'set:5' } });
    expect(data.flags).toBeUndefined();
  });

  it('shows what is missing, and is mended by an edit', () => {
    const [second] = piece(2, 'còn hàng');
    expect(join([second!]).data).toMatchObject({ content: { text: '[…]còn hàng[…]' }, flags: ['partial'] });
    expect(join([...piece(1, 'Áo '), second!], 1)).toMatchObject({
      type: 'omni.inbound.message.edited',
      data: { edit_rank: 2, content: { text: 'Áo còn hàng[…]' } },
    });
  });

  it.each([
    { 'concat-part': '4' },
    { 'concat-part': '0' },
    { 'concat-total': '1' },
    { concat: 'false' },
    { 'concat-part': 'x' },
  ])('is a text like any other when it says %j', (more) => {
    expect(piece(1, 'alo', more)).toEqual([]);
  });
});
