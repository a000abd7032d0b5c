import { createHash, createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookRequest } from '../channel-adapter.js';
import { equalTokens, sha256Hex } from '../shared/hmac.js';
import { objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';
import { secretsInForce } from '../shared/signed-body.js';

/** How the account signs, as in the provider's dashboard. */
export const SIGNATURE_METHODS = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;
type SignatureMethod = (typeof SIGNATURE_METHODS)[number];

/** What is older or newer than this is refused. */
const TOLERANCE_MS = 300_000;
const DEFAULT_METHOD: SignatureMethod = 'sha256';

/** A delivery's parameters by name, and the bytes in which they stand. */
export interface VonageDelivery {
  readonly fields: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Of the Messages API, which nests; undefined for the SMS API. */
  readonly message?: JsonObject;
}

const FORM = 'application/x-www-form-urlencoded';

/** The first of repeated names counts, for the proof and for the content alike. */
function fieldsOf(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) if (!fields.has(name)) fields.set(name, value);
  return fields;
}

/** Parameters of the query or of the body, form or JSON. @returns undefined for what is none of them */
export function deliveryOf({ method, query, originalUrl, body, headers }: WebhookRequest): VonageDelivery | undefined {
  if (method === 'GET') {
    const question = originalUrl.indexOf('?');
    const bytes = Buffer.from(question < 0 ? '' : originalUrl.slice(question + 1));
    return { fields: fieldsOf(query), bytes, mediaType: FORM };
  }
  const mediaType = headers['content-type'] ?? '';
  if (mediaType.toLowerCase().startsWith(FORM)) {
    return { fields: fieldsOf(new URLSearchParams(body.toString('utf8'))), bytes: body, mediaType: FORM };
  }
  const reading = readJson(body);
  const object = reading.ok ? objectOf(reading.value) : undefined;
  if (object === undefined) return undefined;
  const texts = Object.entries(object).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value)] as const]
      : [],
  );
  const isMessage = textOf(object['message_uuid']) !== undefined;
  return {
    fields: fieldsOf(texts),
    bytes: body,
    mediaType: 'application/json',
    ...(isMessage ? { message: object } : {}),
  };
}

function methodOf({ settings }: ChannelAccount): SignatureMethod {
  const given = settings['signature'];
  return SIGNATURE_METHODS.find((method) => method === given) ?? DEFAULT_METHOD;
}

function digestOf(signed: string, secret: string, method: SignatureMethod): string {
  if (method === 'md5hash')
    return createHash('md5')
      .update(signed + secret)
      .digest('hex');
  return createHmac(method, secret).update(signed).digest('hex');
}

function isRecent(seconds: number, receivedAt: Date): boolean {
  return Math.abs(receivedAt.getTime() - seconds * 1_000) <= TOLERANCE_MS;
}

function verifyFields(fields: VonageDelivery['fields'], account: ChannelAccount, receivedAt: Date): Verification {
  const given = fields.get('sig') ?? '';
  const timestamp = fields.get('timestamp') ?? '';
  if (given === '' || timestamp === '') return { ok: false, reason: 'missing' };
  if (!/^[0-9a-f]{32,128}$/i.test(given) || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'malformed' };
  const names = [...fields.keys()].filter((name) => name !== 'sig').sort();
  const signed = names.map((name) => `&${name}=${fields.get(name)!.replace(/[&=]/g, '_')}`).join('');
  for (const [index, secret] of secretsInForce(account, 'signature_secret').entries()) {
    if (!equalTokens(given.toLowerCase(), digestOf(signed, secret, methodOf(account)))) continue;
    if (!isRecent(Number(timestamp), receivedAt)) return { ok: false, reason: 'stale' };
    return { ok: true, method: 'hmac', keyId: String(index) };
  }
  return { ok: false, reason: 'mismatch' };
}

const BEARER = /^Bearer ([\w-]{1,2000})\.([\w-]{1,4000})\.([\w-]{43})$/;

function jsonOf(part: string): JsonObject | undefined {
  const reading = readJson(Buffer.from(part, 'base64url'));
  return reading.ok ? objectOf(reading.value) : undefined;
}

/** A JWT of exactly HS256, about exactly this body. @see RFC 7519 */
function verifyToken({ headers, body }: WebhookRequest, account: ChannelAccount, receivedAt: Date): Verification {
  const { authorization = '' } = headers;
  if (authorization === '') return { ok: false, reason: 'missing' };
  const [, head, claims, signature] = BEARER.exec(authorization) ?? [];
  if (head === undefined || claims === undefined || signature === undefined) return { ok: false, reason: 'malformed' };
  if (jsonOf(head)?.['alg'] !== 'HS256') return { ok: false, reason: 'algorithm' };
  for (const [index, secret] of secretsInForce(account, 'signature_secret').entries()) {
    const wanted = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
    if (!equalTokens(signature, wanted)) continue;
    const said = jsonOf(claims);
    if (said?.['payload_hash'] !== sha256Hex(body)) return { ok: false, reason: 'other_body' };
    if (typeof said['iat'] !== 'number' || !isRecent(said['iat'], receivedAt)) return { ok: false, reason: 'stale' };
    return { ok: true, method: 'hmac', keyId: String(index) };
  }
  return { ok: false, reason: 'mismatch' };
}

/** Checks a delivery: the Messages API signs by a token, the SMS API by a parameter. */
export function verifyVonage(request: WebhookRequest, account: ChannelAccount, receivedAt = new Date(0)): Verification {
  if (request.headers['authorization'] !== undefined) return verifyToken(request, account, receivedAt);
  const delivery = deliveryOf(request);
  return delivery === undefined
    ? { ok: false, reason: 'malformed' }
    : verifyFields(delivery.fields, account, receivedAt);
}
