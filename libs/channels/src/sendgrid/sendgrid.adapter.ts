import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { fieldOf, filesIn, partNamed, readForm, type FormPart } from '../shared/mail/multipart-form.js';
import { present, type ChannelAccount } from '@app/kernel';
import type { AsyncChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { verifyBasic } from '../shared/basic-auth.js';
import { objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { secretsInForce } from '../shared/signed-body.js';
import { composeMime, type MailFile } from '../shared/mail/compose-mime.js';
import { HTTP_MAIL, httpMailProblems, parsePosted, type PostedMail } from '../shared/mail/http-mail.js';

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';
const BASE64 = /^[A-Za-z0-9+/]{20,200}={0,2}$/;

/** A public key as the API gives it: base64 of its SPKI. */
function keyOf(secret: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'spki' });
  } catch {
    // Said as a problem of the account when it is read.
    return undefined;
  }
}

function headerName(account: ChannelAccount, setting: string, usual: string): string {
  return (textOf(account.settings[setting]) ?? usual).toLowerCase();
}

/** Its test vector, and the library of the provider: `sendgrid.adapter.spec.ts`. */
function verifySignature({ headers, body }: WebhookRequest, account: ChannelAccount): Verification {
  const signature = headers[headerName(account, 'signature_header', SIGNATURE)];
  const timestamp = headers[headerName(account, 'timestamp_header', TIMESTAMP)];
  if (!signature || !timestamp) return { ok: false, reason: 'missing' };
  if (!BASE64.test(signature) || !/^\d{1,15}$/.test(timestamp)) return { ok: false, reason: 'malformed' };
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  for (const [index, secret] of secretsInForce(account, 'public_key').entries()) {
    const key = keyOf(secret);
    // Decoding would forgive what stands behind a signature.
    const bytes: Buffer = Buffer.from(signature, 'base64');
    if (key !== undefined && bytes.toString('base64') === signature && verify('sha256', signed, key, bytes)) {
      return { ok: true, method: 'hmac', keyId: String(index) };
    }
  }
  return { ok: false, reason: 'mismatch' };
}

function jsonField(parts: readonly FormPart[], name: string): JsonObject {
  try {
    return objectOf(JSON.parse(fieldOf(parts, name) ?? '{}')) ?? {};
  } catch {
    // Only says more about parts that are there anyhow.
    return {};
  }
}

/** A field in the charset that the provider names for it. */
function decoded(parts: readonly FormPart[], name: string): string | undefined {
  const bytes: Buffer | undefined = partNamed(parts, name)?.bytes;
  const charset = textOf(jsonField(parts, 'charsets')[name]) ?? 'utf-8';
  try {
    return bytes && new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows: Latin-1 keeps every byte.
    return bytes?.toString('latin1');
  }
}

function filesOf(parts: readonly FormPart[]): readonly MailFile[] {
  const contentIds = Object.entries(jsonField(parts, 'content-ids')).map(([cid, name]) => [name, cid] as const);
  return filesIn(parts, /^attachment\d{1,4}$/, new Map(contentIds));
}

async function mailOf({ body, headers }: WebhookRequest): Promise<PostedMail> {
  const parts = await readForm(body, headers['content-type'] ?? '');
  const whole = parts && partNamed(parts, 'email')?.bytes;
  const head = parts && partNamed(parts, 'headers')?.bytes;
  if (parts === undefined || (whole === undefined && head === undefined)) {
    return { reject: 'decode_failed', detail: 'the body is no form with a mail' };
  }
  const words = present({ text: decoded(parts, 'text'), html: decoded(parts, 'html') });
  const source = whole ?? (await composeMime({ head: head!, ...words, files: filesOf(parts) }));
  const surroundings = { envelope: fieldOf(parts, 'envelope'), sender_ip: fieldOf(parts, 'sender_ip') };
  return { source, deliveryId: hash('sha256', source).slice(0, 32), surroundings };
}

/**
 * Mail by SendGrid's Inbound Parse.
 *
 * @see docs/channels/sendgrid.md
 */
export const sendGridAdapter: AsyncChannelAdapter = {
  ...HTTP_MAIL,
  provider: 'sendgrid',
  checkAccount(account) {
    const keys = secretsInForce(account, 'public_key');
    const problems = keys.some((key) => keyOf(key) === undefined)
      ? ['secrets.public_key: the public key of the security policy, base64 as the API gives it']
      : [];
    const { user, password } = account.secrets;
    const missing =
      keys.length > 0 || (user && password)
        ? []
        : ['secrets.public_key: must be set, or secrets.user and secrets.password'];
    return [...httpMailProblems(account), ...problems, ...missing];
  },
  verify(request, account) {
    return secretsInForce(account, 'public_key').length > 0
      ? verifySignature(request, account)
      : verifyBasic(request.headers['authorization'], account);
  },
  parse: async (request, context) => await parsePosted(await mailOf(request), request, context),
};
