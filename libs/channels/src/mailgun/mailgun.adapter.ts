import { createHmac, hash } from 'node:crypto';
import { present, type ChannelAccount } from '@app/kernel';
import type { AsyncChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { equalTokens } from '../shared/hmac.js';
import { listOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { secretsInForce } from '../shared/signed-body.js';
import { composeMime, type MailFile } from '../shared/mail/compose-mime.js';
import { HTTP_MAIL, httpMailProblems, parsePosted, type PostedMail } from '../shared/mail/http-mail.js';
import { fieldOf, filesIn, partNamed, peekFields, readForm, type FormPart } from '../shared/mail/multipart-form.js';

/** Mailgun tries for eight hours, perhaps with the first time. */
const WINDOW_MS = 9 * 60 * 60 * 1_000;

function verifyProof({ body, headers }: WebhookRequest, account: ChannelAccount, receivedAt: Date): Verification {
  const proof = peekFields(body, headers['content-type'] ?? '', ['timestamp', 'token', 'signature']);
  const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => proof.get(name));
  if (!timestamp || !token || !signature) return { ok: false, reason: 'missing' };
  if (!/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature)) return { ok: false, reason: 'malformed' };
  for (const [index, key] of secretsInForce(account, 'signing_key').entries()) {
    if (
      !equalTokens(
        signature,
        createHmac('sha256', key)
          .update(timestamp + token)
          .digest('hex'),
      )
    )
      continue;
    const isOld = Math.abs(receivedAt.getTime() - Number(timestamp) * 1_000) > WINDOW_MS;
    return isOld ? { ok: false, reason: 'stale' } : { ok: true, method: 'hmac', keyId: String(index) };
  }
  return { ok: false, reason: 'mismatch' };
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    // Only says more about parts that are there anyhow.
    return undefined;
  }
}

/** Header lines of a list of names and values; nothing in a value can begin another line. */
function headOf(headers: readonly unknown[]): Buffer {
  const lines = headers.map((pair) => listOf(pair).map((part) => (typeof part === 'string' ? part : '')));
  return Buffer.from(
    lines.map(([name = '', value = '']) => `${name}: ${value.replace(/[\r\n]+[ \t]*/g, ' ')}\r\n`).join(''),
  );
}

function filesOf(parts: readonly FormPart[]): readonly MailFile[] {
  const map: JsonObject = objectOf(json(fieldOf(parts, 'content-id-map'))) ?? {};
  const contentIds = Object.entries(map).map(([cid, name]) => [name, cid.replace(/^<|>$/g, '')] as const);
  return filesIn(parts, /^attachment-\d{1,4}$/, new Map(contentIds));
}

async function sourceOf(parts: readonly FormPart[]): Promise<Buffer | undefined> {
  const whole = partNamed(parts, 'body-mime')?.bytes;
  if (whole !== undefined) return whole;
  const headers = json(fieldOf(parts, 'message-headers'));
  if (!Array.isArray(headers)) return undefined;
  const words = present({ text: fieldOf(parts, 'body-plain'), html: fieldOf(parts, 'body-html') });
  return await composeMime({ head: headOf(headers), ...words, files: filesOf(parts) });
}

async function mailOf({ body, headers }: WebhookRequest): Promise<PostedMail> {
  const parts = await readForm(body, headers['content-type'] ?? '');
  const source = parts && (await sourceOf(parts));
  if (parts === undefined || source === undefined) {
    return { reject: 'decode_failed', detail: 'the body is no form with a mail' };
  }
  const seconds = Number(fieldOf(parts, 'timestamp'));
  return {
    source,
    internalDate: new Date(seconds * 1_000),
    deliveryId: hash('sha256', source).slice(0, 32),
    surroundings: { recipient: textOf(fieldOf(parts, 'recipient')), timestamp: textOf(fieldOf(parts, 'timestamp')) },
  };
}

/**
 * Mail by a route of Mailgun.
 *
 * @see docs/channels/mailgun.md
 */
export const mailgunAdapter: AsyncChannelAdapter = {
  ...HTTP_MAIL,
  provider: 'mailgun',
  checkAccount: (account) => [
    ...httpMailProblems(account),
    ...(account.secrets['signing_key'] ? [] : ['secrets.signing_key: must be set']),
  ],
  verify: (request, account, receivedAt = new Date(0)) => verifyProof(request, account, receivedAt),
  parse: async (request, context) => await parsePosted(await mailOf(request), request, context),
};
