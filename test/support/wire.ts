import { parseMail, webhookAdapterOf, type ParseContext } from '@app/channels';
import type { InboundEvent } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { encodeMetaBody, META_PAGE_ID } from '@app/testkit';

/** Official account of the tests at Zalo. */
export const OA = '579745863508352884';
const HOTLINE = '+842871000001';

const account = (more: Omit<ChannelAccount, 'settings' | 'secrets'> & Partial<ChannelAccount>): ChannelAccount => ({
  settings: {},
  secrets: {},
  ...more,
});
const META = { provider: 'meta', externalId: META_PAGE_ID } as const;
const MESSENGER = account({ id: 'fb-shop', channel: 'messenger', ...META });
const COMMENTS = account({ id: 'shop-comments', channel: 'facebook_comment', ...META });
const ZALO = account({
  id: 'oa-shop',
  channel: 'zalo',
  provider: 'zalo',
  externalId: OA,
  settings: { app_id: '4310000000000000001' },
});
const SMS = account({ id: 'hotline', channel: 'sms', provider: 'twilio', externalId: HOTLINE });
const MAILBOX = account({
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@cuahang.example',
  settings: {
    imap: { host: '127.0.0.1', port: 1143 },
    sent_mailbox: 'Sent',
    trusted_authserv_ids: ['mx.cuahang.example'],
  },
  secrets: { user: 'hotro', password: 'x' },
});

/** What somebody sends, before any connector has seen it. */
export interface Sent {
  /** Provider's id of the message. */
  readonly id: string;
  readonly from: string;
  readonly text?: string;
  readonly at?: Date;
}

const NOON = new Date('2026-11-20T05:00:00.000Z');

/** What the account's own adapter makes of a body. @throws Error for a body of which any element makes no event */
function parsed(to: ChannelAccount, body: Buffer, at: Date): InboundEvent[] {
  const context: ParseContext = {
    account: to,
    accounts: [MESSENGER, COMMENTS, ZALO, SMS],
    receivedAt: at,
    verification: { ok: true, method: 'hmac' },
  };
  const request = {
    method: 'POST',
    originalUrl: `/webhooks/${to.channel}/${to.id}`,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
    remoteAddress: '192.0.2.10',
  } as const;
  const result = webhookAdapterOf(to)!.parse(request, context);
  if (result instanceof Promise) throw new Error(`${to.provider} is parsed in its own time`);
  const { events, rejected, ignored } = result;
  if (rejected.length + ignored.length > 0) throw new Error(JSON.stringify([rejected[0]?.detail, ignored[0]?.reason]));
  return events.map(({ event }) => event);
}

/** A text message, through the adapter of Twilio. */
export function smsFrom({ id, from, text = 'Chào shop', at = NOON }: Sent): InboundEvent[] {
  const form = new URLSearchParams({ MessageSid: `SM${id}`, From: from, To: HOTLINE, Body: text });
  return parsed(SMS, Buffer.from(form.toString()), at);
}

/** A message of a Zalo user, through the adapter; `more` replaces parts of the body. */
export function zaloFrom({ id, from, text = 'Chào shop', at = NOON }: Sent, more: object = {}): InboundEvent[] {
  const body = {
    event_name: 'user_send_text',
    app_id: '4310000000000000001',
    timestamp: String(at.getTime()),
    sender: { id: from },
    recipient: { id: OA },
    message: { msg_id: id, text },
    ...more,
  };
  return parsed(ZALO, Buffer.from(JSON.stringify(body)), at);
}

/** A message in the chat of the page, through the adapter; `more` is added to the message. */
export function messengerFrom({ id, from, text = 'Chào shop', at = NOON }: Sent, more: object = {}): InboundEvent[] {
  const item = {
    sender: { id: from },
    recipient: { id: META_PAGE_ID },
    timestamp: at.getTime(),
    message: { mid: id, text, ...more },
  };
  const body = { object: 'page', entry: [{ id: META_PAGE_ID, time: at.getTime(), messaging: [item] }] };
  return parsed(MESSENGER, encodeMetaBody(body), at);
}

/** A comment under a post of the page, through the adapter. */
export function commentFrom({ id, from, text = 'Giá bao nhiêu ạ?', at = NOON }: Sent, name = 'Khách'): InboundEvent[] {
  const seconds = Math.floor(at.getTime() / 1_000);
  const value = {
    item: 'comment',
    verb: 'add',
    comment_id: id,
    post_id: `${META_PAGE_ID}_1`,
    parent_id: `${META_PAGE_ID}_1`,
    from: { id: from, name },
    message: text,
    created_time: seconds,
  };
  const body = { object: 'page', entry: [{ id: META_PAGE_ID, time: seconds, changes: [{ field: 'feed', value }] }] };
  return parsed(COMMENTS, encodeMetaBody(body), at);
}

/** What our own border found out about the sender of a mail. */
export const passed = (domain: string): string =>
  `Authentication-Results: mx.cuahang.example; dmarc=pass header.from=${domain}`;
export const failed = (domain: string): string =>
  `Authentication-Results: mx.cuahang.example; spf=fail; dkim=none; dmarc=fail header.from=${domain}`;

/** A mail in our mailbox as the parser reads it; the parts of an ordinary head are filled in unless given. */
export async function mailOf(head: readonly string[], body = 'Chào shop', at = NOON): Promise<InboundEvent[]> {
  const names = new Set(head.map((line) => line.split(':')[0]!.toLowerCase()));
  const usual = ['To: hotro@cuahang.example', 'Date: Fri, 20 Nov 2026 12:00:00 +0700'];
  const all = [...head, ...usual.filter((line) => !names.has(line.split(':')[0]!.toLowerCase()))];
  const source = Buffer.from(`${all.join('\r\n')}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`);
  const parsedMail = await parseMail(
    {
      source,
      extent: 'whole',
      sizeBytes: source.length,
      internalDate: at,
      folder: 'INBOX',
      uidValidity: '7',
      uid: 1,
      backfill: false,
    },
    { account: MAILBOX, receivedAt: at, timeoutMs: 10_000 },
  );
  if (parsedMail.outcome !== 'parsed') throw new Error(`The mail is ${parsedMail.outcome}: ${parsedMail.fault ?? ''}`);
  return [parsedMail.event];
}
