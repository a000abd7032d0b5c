import { verify as octokitVerify } from '@octokit/webhooks-methods';
import { aMetaAccount, encodeMetaBody, metaDelivery, metaHandshake } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { answerMetaHandshake, verifyMetaSignature } from './meta-signature.js';

const account = aMetaAccount('messenger');
const SECRET = account.secrets.app_secret!;

/** 306 bytes, pure ASCII: the backslashes stand in the body. */
const BODY = Buffer.from(
  String.raw`{"object":"page","entry":[{"id":"100200300400500","time":1767225600123,"messaging":[{"sender":{"id":"7400000000000001"},"recipient":{"id":"100200300400500"},"timestamp":1767225599987,"message":{"mid":"m_vec-0001","text":"Ch\u00e0o shop, gi\u00e1 bao nhi\u00eau? \ud83d\ude0a https:\/\/vi.example\/ao"}}]}]}`,
);
const SIGNATURE = '690507feb3db93066c7a09045f67e585012950a8447d0a6e79615de098e1117e';
const EMPTY_SIGNATURE = '85883786a511c09b96701adcbf460e828d10662b1cb63f6e148291a75ab892d4';
/** The same message as a proxy leaves it that unescapes characters but not slashes: 286 bytes. */
const UNESCAPED = Buffer.from(
  BODY.toString().replace(/\\u([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))),
);

const signed = (header: string | undefined, body: Buffer = BODY): WebhookRequest =>
  metaDelivery(body, account, { headers: { 'x-hub-signature-256': header } });
const check = (header: string | undefined, body: Buffer = BODY) => verifyMetaSignature(signed(header, body), account);
const accepted = { ok: true, method: 'hmac', keyId: '0' };
const refused = (reason: string) => ({ ok: false, reason });

describe('signature of Meta', () => {
  it('works on the very bytes of the vectors', () => {
    expect([BODY.length, UNESCAPED.length]).toEqual([306, 286]);
  });

  it.each([
    ['a chat message', SIGNATURE, BODY],
    ['digits in upper case', SIGNATURE.toUpperCase(), BODY],
    ['an empty body', EMPTY_SIGNATURE, Buffer.alloc(0)],
    ['characters that a proxy unescaped', SIGNATURE, UNESCAPED],
    [
      'unescaped characters signed as they are',
      'f065b2fc8ae3ec3c575d4a0fde3d256b35b3194038dc5c7536900cebc7db57b2',
      UNESCAPED,
    ],
  ])('accepts %s', (_label, digest, body) => {
    expect(check(`sha256=${digest}`, body)).toEqual(accepted);
  });

  it.each([
    ['parsed and serialised again', '2f61ac891ef4c088fd6201a6d27ac312fc10752d108a9ccc016481857996db85'],
    ['serialised with plain slashes', '3919f1f89558aa9ce4e2505232e82afe592bdde0caf05667ebfc507f78ffb73b'],
    ['signed with the decoded secret', '08137cdc6beb3e4a9fcc11cc02cae99a6d21471452914dee803869c562b8a258'],
    ['signed with a newline', '88ff764d56f97e2e55eb0610777ef7a22d105842fa8825a1df3c3d3a29318503'],
    ['of another body', EMPTY_SIGNATURE],
  ])('refuses a digest %s', (_label, digest) => {
    expect(check(`sha256=${digest}`)).toEqual(refused('mismatch'));
  });

  it.each([
    ['without digits', 'sha256='],
    ['one digit short', `sha256=${SIGNATURE.slice(1)}`],
    ['one digit long', `sha256=${SIGNATURE}0`],
    ['with other characters', `sha256=${'z'.repeat(64)}`],
    ['with one other character', `sha256=${SIGNATURE.slice(0, -1)}g`],
    ['sent twice', `sha256=${SIGNATURE}, sha256=${SIGNATURE}`],
    ['of the older scheme', 'sha1=59b7d32e9b814114d6b49b0cf1153f4b94a3b278'],
    ['without its scheme', SIGNATURE],
    ['with a blank before it', ` sha256=${SIGNATURE}`],
  ])('calls a header %s malformed', (_label, header) => {
    expect(check(header)).toEqual(refused('malformed'));
  });

  it.each([undefined, ''])('misses a header that is %j', (header) => {
    expect(check(header)).toEqual(refused('missing'));
  });

  it('refuses every single flipped bit of the digest and every flipped byte of the body', () => {
    const digest = Buffer.from(SIGNATURE, 'hex');
    const flippedDigests = Array.from({ length: 256 }, (_, bit) => {
      const other = Buffer.from(digest);
      other[bit >> 3]! ^= 1 << (bit & 7);
      return check(`sha256=${other.toString('hex')}`);
    });
    const flippedBodies = Array.from({ length: BODY.length }, (_, at) => {
      const other = Buffer.from(BODY);
      other[at]! ^= 1;
      return check(`sha256=${SIGNATURE}`, other);
    });
    const outcomes = [...flippedDigests, ...flippedBodies];
    expect(outcomes.filter(({ ok }) => ok)).toEqual([]);
    expect(outcomes).toHaveLength(256 + 306);
  });

  it('ignores the header of the older scheme', () => {
    const headers = { 'x-hub-signature': 'sha1=59b7d32e9b814114d6b49b0cf1153f4b94a3b278' };
    expect(verifyMetaSignature(metaDelivery(BODY, account, { headers }), account)).toEqual(refused('missing'));
  });

  it('accepts the secret that is being replaced, and tells which one signed', () => {
    const renewed = { ...account, secrets: { ...account.secrets, app_secret: 'mới', previous_app_secret: SECRET } };
    expect(verifyMetaSignature(signed(`sha256=${SIGNATURE}`), renewed)).toEqual({ ...accepted, keyId: '1' });
  });

  it('never lets an empty secret prove anything', () => {
    const empty = aMetaAccount('messenger', { secrets: { app_secret: '', previous_app_secret: '' } });
    expect(verifyMetaSignature(metaDelivery(BODY, empty), empty)).toEqual(refused('mismatch'));
  });

  it.each([
    ['ASCII', Buffer.from('{"object":"page","entry":[]}')],
    ['escaped Vietnamese', encodeMetaBody({ text: 'Đầm này còn không ạ? 😊' })],
    ['what is not JSON', Buffer.from('xin chào')],
  ])('agrees with another implementation about %s', async (_label, body) => {
    const request = metaDelivery(body, account);
    const header = request.headers['x-hub-signature-256']!;
    const forged = header.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    for (const [signature, genuine] of [[header, true] as const, [forged, false] as const]) {
      expect(await octokitVerify(SECRET, body.toString(), signature)).toBe(genuine);
      expect(check(signature, body).ok).toBe(genuine);
    }
  });
});

describe('handshake of Meta', () => {
  const genuine = { 'hub.mode': 'subscribe', 'hub.challenge': '730051946', 'hub.verify_token': 'bi-mat-01' };

  it('sends the challenge back as it came', () => {
    expect(answerMetaHandshake(metaHandshake(genuine), account)).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '730051946',
    });
  });

  it('never greets with an empty verify token, not even one that is configured', () => {
    const empty = aMetaAccount('messenger', { secrets: { app_secret: SECRET, verify_token: '' } });
    const none = aMetaAccount('messenger', { secrets: { app_secret: SECRET } });
    const request = metaHandshake({ ...genuine, 'hub.verify_token': '' });
    expect([empty, none].map((candidate) => answerMetaHandshake(request, candidate)?.status)).toEqual([403, 403]);
  });

  it('leaves deliveries alone', () => {
    expect(answerMetaHandshake(metaDelivery(BODY, account), account)).toBeUndefined();
  });
});
