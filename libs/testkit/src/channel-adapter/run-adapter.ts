import { INBOUND_SCHEMAS, type InboundEvent, type MessageReceived } from '@app/contracts';
import type { Ability, ParseResult, ParsedEvent } from '@app/channels';
import type { Fixture } from './golden-file.js';
import type { ChannelAdapterSuite } from './suite-options.js';

/** When every fixture is taken to have arrived: after all times in fixtures. */
export const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');

/** Bytes of a fixture's body as they would arrive. */
export function bodyOf(suite: ChannelAdapterSuite, fixture: Fixture): Buffer {
  if (fixture.body_text !== undefined) return Buffer.from(fixture.body_text);
  return (suite.encode ?? ((body) => Buffer.from(JSON.stringify(body))))(fixture.body);
}

/** Verifies and parses a body as the gateway does. */
export async function deliver(
  suite: ChannelAdapterSuite,
  body: Buffer,
  receivedAt = RECEIVED_AT,
): Promise<ParseResult> {
  const { adapter, account, otherAccounts = [] } = suite;
  const request = suite.signedRequest(body, account);
  const verification = adapter.verify(request, account, RECEIVED_AT);
  if (!verification.ok) throw new Error(`a genuine request was refused: ${verification.reason}`);
  return await adapter.parse(request, { account, accounts: [account, ...otherAccounts], receivedAt, verification });
}

/** Why an event cannot go onto the stream; empty when it can. */
export function faultsOf(
  { event, account, senderId }: ParsedEvent,
  body: Buffer,
  kept: NonNullable<ParseResult['kept']> = [],
): readonly string[] {
  const faults: string[] = [];
  const strict = INBOUND_SCHEMAS[event.type].strict().safeParse(event.data);
  if (!strict.success) faults.push(...strict.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { raw, account_id: accountId, channel } = event.data;
  if (accountId !== account.id || channel !== account.channel) faults.push('names another account or channel');
  if (!/^in_[a-z2-7]{32}$/.test(event.id)) faults.push(`id ${event.id}`);
  if (senderId === '') faults.push('no sender');
  if (raw.encoding === 'reference') {
    if (!kept.some(({ id }) => raw.data === `blob:${id}`)) faults.push('raw refers to what is not kept');
  } else {
    const bytes = Buffer.from(raw.data, raw.encoding === 'base64' ? 'base64' : 'utf8');
    if (bytes.length === 0 || !body.includes(bytes)) faults.push('raw is not a part of the body');
  }
  const attachments = 'attachments' in event.data ? (event.data.attachments ?? []) : [];
  if (attachments.some(({ locator }) => locator === '' || locator.startsWith('data:')))
    faults.push('attachment inline');
  return faults;
}

/** A result as golden files keep it: raw elements are checked against the body, not repeated. */
export function goldenForm({ events, rejected, ignored, parts }: ParseResult): unknown {
  return {
    events: events.map(({ event, account, senderId }) => {
      const { raw: _raw, ...data } = event.data;
      return { account: account.id, sender_id: senderId, id: event.id, type: event.type, data };
    }),
    rejected: rejected.map(({ code, detail, bytes, key }) => ({ code, detail, key, bytes: bytes.toString('latin1') })),
    ignored,
    ...(parts === undefined
      ? {}
      : {
          parts: parts.map(({ account, payload, ...part }) => ({
            account: account.id,
            ...part,
            payload: JSON.parse(payload) as unknown,
          })),
        }),
  };
}

/** Ability that each type of event shows; a message shows more, by what it holds. */
const ABILITY_OF_TYPE = {
  'omni.inbound.message.edited': 'edit',
  'omni.inbound.message.deleted': 'delete',
  'omni.inbound.message.reacted': 'reaction',
  'omni.inbound.receipt.updated': 'receipt',
  'omni.inbound.call.updated': 'call',
  'omni.inbound.order.updated': 'order',
  'omni.inbound.post.updated': 'comment',
} as const satisfies Partial<Record<InboundEvent['type'], Ability>>;

function abilitiesOfMessage(data: MessageReceived): readonly Ability[] {
  const shown: Ability[] = [data.direction === 'echo' ? 'echo' : 'message'];
  if ((data.attachments ?? []).length > 0) shown.push('attachment');
  if (data.reply_to !== undefined) shown.push('reply');
  if (data.content.type === 'unsupported') shown.push('unsupported');
  return shown;
}

/** Abilities that an event shows. */
export function abilitiesOf({ event: { type, data } }: ParsedEvent): readonly Ability[] {
  const shown = type === 'omni.inbound.message.received' ? [...abilitiesOfMessage(data)] : [ABILITY_OF_TYPE[type]];
  if (data.message_kind === 'comment') shown.push('comment');
  // What a mail's head says of its sender is weighed when it is taken in.
  if ((data.claims ?? []).length > 0 || ('mail' in data && data.mail !== undefined)) shown.push('claims');
  return shown;
}
