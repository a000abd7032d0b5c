import { entryId, type Channel } from '@app/contracts';
import {
  commentAdded,
  commentEdited,
  commentRemoved,
  MetaPage,
  messengerEdit,
  messengerMessage,
  messengerUnsend,
  metaSignature,
  ShortCodeGateway,
  TwilioNumber,
  twilioSignature,
  userSendText,
  zaloSignature,
  ZaloOa,
  type MessagingItem,
  type ProviderRequest,
} from '@app/simulators';
import type { ServiceName } from './installation.js';

/** A message that a simulated person writes. */
export interface TestMessage {
  /** Tells messages of one account apart; the provider's id is made of it. */
  readonly n: number;
  /** Tells people apart. */
  readonly person: number;
  readonly text: string;
  readonly at: Date;
}

/** One account of ours, seen from its provider. */
export interface TestProvider {
  readonly accountId: string;
  readonly channel: Channel;
  readonly service: ServiceName;
  /** Name in the dead-letter topic. */
  readonly deadLetters: 'chat' | 'sms' | 'social';
  /** What a request with a wrong signature hears. */
  readonly refusedStatus: number;
  readonly maxBodyBytes: number;
  /** One request with all the messages; providers that send one at a time take a single one. */
  messages(messages: readonly TestMessage[]): ProviderRequest;
  readonly mostMessages: number;
  /** The author changes message `n`, or takes it back; absent where a provider knows no such thing. */
  edited?(message: TestMessage): ProviderRequest;
  removed?(message: TestMessage): ProviderRequest;
  /** A signed request that says nothing that we understand. */
  nonsense(): ProviderRequest;
  /** The same request with the signature that a stranger would give it. */
  forged(request: ProviderRequest): ProviderRequest;
  /** Identities that one message proves to be one person. */
  readonly identities: number;
  /** As in `GET /v1/customers?identity=`. */
  identityOf(person: number): string;
  entryIdOf(n: number): string;
}

const PAGE = '106000000000001';
const APP_SECRET = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const OA = '579745863508352884';
const ZALO_APP = '4310000000000000001';
const OA_SECRET = 'khoa-oa-thu-nghiem';
const TWILIO = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'twilio-token-thu', number: '+842871000001' };
const TWILIO_URL = 'https://cs.example.vn/webhooks/sms/hotline-sms';
const GATEWAY = { clientId: 'shop-vn', serviceId: '7068', secureKey: 'khoa-cong-tin-nhan' };

const digits = (n: number, length: number): string => String(n).padStart(length, '0');

/** Text of the accounts file for every channel; mail only with the port of an IMAP server. */
export function testAccounts(mail?: { readonly port: number }): string {
  const meta = `{ app_secret: ${APP_SECRET}, verify_token: xac-minh }`;
  return `accounts:
  - { id: fb-shop, channel: messenger, provider: meta, external_id: "${PAGE}", secrets: ${meta} }
  - { id: shop-comments, channel: facebook_comment, provider: meta, external_id: "${PAGE}", secrets: ${meta} }
  - id: oa-shop
    channel: zalo
    provider: zalo
    external_id: "${OA}"
    settings: { app_id: "${ZALO_APP}" }
    secrets: { oa_secret_key: ${OA_SECRET} }
  - id: hotline-sms
    channel: sms
    provider: twilio
    external_id: "${TWILIO.number}"
    settings: { public_url: "${TWILIO_URL}" }
    secrets: { account_sid: ${TWILIO.accountSid}, auth_token: ${TWILIO.authToken} }
  - id: sms-vn
    channel: sms
    provider: http
    external_id: "${GATEWAY.serviceId}"
    settings: { preset: vcom }
    secrets: { hash_key: ${GATEWAY.secureKey} }
${mail === undefined ? '' : mailAccount(mail.port)}`;
}

const mailAccount = (port: number): string => `  - id: hotro
    channel: email
    provider: imap
    external_id: hotro@shop.example.vn
    settings:
      imap: { host: 127.0.0.1, port: ${port}, secure: false }
      history: all
      poll_seconds: 5
      trusted_authserv_ids: [mx.shop.example.vn]
    secrets: { user: hotro, password: mat-khau }
`;

function single(messages: readonly TestMessage[]): TestMessage {
  const [message] = messages;
  if (message === undefined || messages.length > 1) throw new Error('This provider sends one message at a time');
  return message;
}

function withHeader(request: ProviderRequest, name: string, value: string): ProviderRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

/** A POST of Meta with exactly these bytes, signed. */
export function signedMetaPost(path: string, body: Buffer): ProviderRequest {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': metaSignature(APP_SECRET, body) };
  return { method: 'POST', path, headers, body };
}

/** A POST of Zalo with exactly these bytes, signed. */
export function signedZaloPost(body: Buffer, timestamp: string): ProviderRequest {
  const signature = zaloSignature({ appId: ZALO_APP, body, timestamp, oaSecretKey: OA_SECRET });
  const headers = { 'content-type': 'application/json', 'x-zevent-signature': signature };
  return { method: 'POST', path: '/webhooks/zalo/oa-shop', headers, body };
}

const strangerOfMeta = (request: ProviderRequest): ProviderRequest =>
  withHeader(request, 'x-hub-signature-256', metaSignature('somebody-else', request.body));

const psid = (person: number): string => `74123456${digits(person, 8)}`;
const mid = (n: number): string => `m_${digits(n, 8)}`;
const chatPage = new MetaPage({ pageId: PAGE, appSecret: APP_SECRET, path: '/webhooks/messenger/fb-shop' });
const chatItem = ({ n, person, text, at }: TestMessage): MessagingItem =>
  messengerMessage({ psid: psid(person), pageId: PAGE }, at, mid(n), { text });

export const messenger: TestProvider = {
  accountId: 'fb-shop',
  channel: 'messenger',
  service: 'chat',
  deadLetters: 'chat',
  refusedStatus: 401,
  maxBodyBytes: 5 * 1_048_576,
  mostMessages: 5,
  messages: (messages) => chatPage.chat(messages.map(chatItem), messages.at(-1)!.at),
  edited: ({ n, person, text, at }) =>
    chatPage.chat([messengerEdit({ psid: psid(person), pageId: PAGE }, at, mid(n), text)], at),
  removed: ({ n, person, at }) =>
    chatPage.chat([messengerUnsend({ psid: psid(person), pageId: PAGE }, at, mid(n))], at),
  nonsense: () => signedMetaPost('/webhooks/messenger/fb-shop', Buffer.from([0x7b, 0xff, 0x00, 0xfe, 0x22])),
  forged: strangerOfMeta,
  identities: 1,
  identityOf: (person) => `messenger_psid:${PAGE}:${psid(person)}`,
  entryIdOf: (n) => entryId('fb-shop', 'message', mid(n)),
};

const POST = `${PAGE}_500`;
const feedPage = new MetaPage({
  pageId: PAGE,
  appSecret: APP_SECRET,
  path: '/webhooks/facebook_comment/shop-comments',
});
const commentId = (n: number): string => `500_${digits(n, 8)}`;
const facebookUser = (person: number): string => `5500${digits(person, 8)}`;
const commentOf = ({ n, person, text, at }: TestMessage) => ({
  commentId: commentId(n),
  postId: POST,
  from: { id: facebookUser(person), name: `Khách ${person}` },
  createdAt: at,
  text,
});

export const facebookComment: TestProvider = {
  accountId: 'shop-comments',
  channel: 'facebook_comment',
  service: 'social',
  deadLetters: 'social',
  refusedStatus: 401,
  maxBodyBytes: 5 * 1_048_576,
  mostMessages: 5,
  messages: (messages) => feedPage.feed(messages.map(commentOf).map(commentAdded), messages.at(-1)!.at),
  edited: (message) => feedPage.feed([commentEdited(commentOf(message))], message.at),
  removed: (message) => feedPage.feed([commentRemoved(commentOf(message))], message.at),
  nonsense: () => signedMetaPost('/webhooks/facebook_comment/shop-comments', Buffer.from('không phải JSON')),
  forged: strangerOfMeta,
  identities: 1,
  identityOf: (person) => `facebook_user:${PAGE}:${facebookUser(person)}`,
  entryIdOf: (n) => entryId('shop-comments', 'comment', commentId(n)),
};

const oa = new ZaloOa({ appId: ZALO_APP, oaSecretKey: OA_SECRET, path: '/webhooks/zalo/oa-shop' });
const zaloUser = (person: number): string => `24680135${digits(person, 11)}`;
const zaloId = (n: number): string => `96d3cdf3af15${digits(n, 8)}`;

export const zalo: TestProvider = {
  accountId: 'oa-shop',
  channel: 'zalo',
  service: 'chat',
  deadLetters: 'chat',
  refusedStatus: 200,
  maxBodyBytes: 5 * 1_048_576,
  mostMessages: 1,
  messages(messages) {
    const { n, person, text, at } = single(messages);
    const thread = { userId: zaloUser(person), userIdByApp: `app-${person}`, oaId: OA };
    return oa.post(userSendText(thread, at, zaloId(n), text));
  },
  nonsense: () => signedZaloPost(Buffer.from('{"timestamp":"1763596800000","la":"gì đó"}'), '1763596800000'),
  forged: (request) => withHeader(request, 'x-zevent-signature', `mac=${'0'.repeat(64)}`),
  identities: 2, // of the official account and of its app
  identityOf: (person) => `zalo_user:${OA}:${zaloUser(person)}`,
  entryIdOf: (n) => entryId('oa-shop', 'message', zaloId(n)),
};

const twilioNumber = new TwilioNumber({ ...TWILIO, publicUrl: TWILIO_URL, path: '/webhooks/sms/hotline-sms' });
const sid = (n: number): string => `SM${digits(n, 32)}`;
/** Vietnamese mobile numbers; each provider has a range of its own, so that nobody writes through both. */
const phone = (prefix: string, person: number): string => `+84${prefix}${digits(person, 7)}`;

export const twilio: TestProvider = {
  accountId: 'hotline-sms',
  channel: 'sms',
  service: 'sms',
  deadLetters: 'sms',
  refusedStatus: 401,
  maxBodyBytes: 1_048_576,
  mostMessages: 1,
  messages(messages) {
    const { n, person, text } = single(messages);
    return twilioNumber.incoming({ sid: sid(n), from: phone('91', person), text });
  },
  nonsense() {
    const form = new URLSearchParams({ Hello: 'xin chào' });
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(TWILIO.authToken, TWILIO_URL, form),
    };
    return { method: 'POST', path: '/webhooks/sms/hotline-sms', headers, body: Buffer.from(form.toString()) };
  },
  forged: (request) => withHeader(request, 'x-twilio-signature', `${'A'.repeat(27)}=`),
  identities: 1,
  identityOf: (person) => `phone:${phone('91', person)}`,
  entryIdOf: (n) => entryId('hotline-sms', 'message', sid(n)),
};

const gateway = new ShortCodeGateway({ ...GATEWAY, path: '/webhooks/sms/sms-vn' });
const requestId = (n: number): string => digits(n, 12);

export const httpSms: TestProvider = {
  accountId: 'sms-vn',
  channel: 'sms',
  service: 'sms',
  deadLetters: 'sms',
  refusedStatus: 200,
  maxBodyBytes: 1_048_576,
  mostMessages: 1,
  messages(messages) {
    const { n, person, text, at } = single(messages);
    return gateway.incoming({
      requestId: requestId(n),
      phone: phone('93', person).slice(1),
      text: `SHOP ${text}`,
      sentAt: at,
    });
  },
  nonsense() {
    const request = gateway.incoming({ requestId: '1', phone: '84930000001', text: 'SHOP', sentAt: new Date(0) });
    const { message: _none, ...body } = JSON.parse(request.body.toString()) as Record<string, unknown>;
    return { ...request, body: Buffer.from(JSON.stringify(body)) };
  },
  forged(request) {
    const body = { ...(JSON.parse(request.body.toString()) as Record<string, unknown>), checksum: 'AAAA' };
    return { ...request, body: Buffer.from(JSON.stringify(body)) };
  },
  identities: 1,
  identityOf: (person) => `phone:${phone('93', person)}`,
  entryIdOf: (n) => entryId('sms-vn', 'message', requestId(n)),
};

/** Every provider that delivers by webhook. */
export const TEST_PROVIDERS: readonly TestProvider[] = [messenger, zalo, twilio, httpSms, facebookComment];
