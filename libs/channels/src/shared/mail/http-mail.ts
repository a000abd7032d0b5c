import type { DeadLetterCode } from '@app/contracts';
import type { AsyncChannelAdapter, ParseContext, ParseResult, WebhookRequest } from '../../channel-adapter.js';
import { rejectElement } from '../element.js';
import { mailboxProblems, MAIL_POLICY } from './mail-policy.js';
import { readMail } from './parse-mail.js';
import type { ReceivedMail } from './received-mail.js';
import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';

/** A mail as a provider posted it, or why there is none in what it posted. */
export type PostedMail =
  | (Pick<ReceivedMail, 'source' | 'internalDate'> & { readonly deliveryId: string; readonly surroundings: object })
  | { readonly reject: DeadLetterCode; readonly detail: string };

/** Longest time for one mail: below what the least patient provider waits. */
const PARSE_TIMEOUT_MS = 8_000;

/** What is alike for all providers of mail by HTTP. */
export const HTTP_MAIL = {
  channel: 'email',
  abilities: ['message', 'echo', 'receipt', 'attachment', 'reply', 'claims'],
  // 29 MB of mail, a third more in base64: as much as the most generous provider sends.
  maxBodyBytes: 40 * 1024 * 1024,
  answerWithinMs: 8_000,
  handshake: () => undefined,
  accepted: { status: 200 },
  // Providers send what was refused again for hours: a wrong key can be mended meanwhile.
  refused: { status: 401 },
} as const satisfies Partial<AsyncChannelAdapter>;

const settingsSchema = z.object(MAIL_POLICY);

/** Problems of an account of mail by HTTP, besides its secrets. */
export function httpMailProblems(account: ChannelAccount): readonly string[] {
  const { error } = settingsSchema.safeParse(account.settings);
  const settings = (error?.issues ?? []).map(({ path, message }) => `settings.${path.join('.')}: ${message}`);
  return [...settings, ...mailboxProblems(account)];
}

/** Makes the events of a posted mail, which are those of a pulled one. */
export async function parsePosted(
  posted: PostedMail,
  request: WebhookRequest,
  { account, receivedAt, verification }: ParseContext,
): Promise<ParseResult> {
  if ('reject' in posted) {
    const element = { accountId: account.id, bytes: request.body };
    return { events: [], rejected: [rejectElement(posted.reject, posted.detail, element)], ignored: [] };
  }
  const { source, internalDate, deliveryId, surroundings } = posted;
  const mail: ReceivedMail = {
    source,
    extent: 'whole',
    sizeBytes: source.length,
    ...(internalDate === undefined ? {} : { internalDate }),
    deliveryId: `${account.provider}:${account.id}:${deliveryId}`,
    sentByUs: false,
    surroundings: JSON.stringify(surroundings),
    backfill: false,
  };
  const { event, senderId, reports, blobs } = await readMail(mail, {
    account,
    receivedAt,
    timeoutMs: PARSE_TIMEOUT_MS,
    verification,
  });
  return { events: [{ event, account, senderId }, ...reports], rejected: [], ignored: [], kept: blobs };
}
