import {
  inboundEventId,
  INBOUND_TYPES,
  type Attachment,
  type InboundEvent,
  type MessageReceived,
  type Raw,
} from '@app/contracts';
import { withPresent, type ChannelAccount } from '@app/kernel';
import type { ParseContext } from '../channel-adapter.js';
import { eventFrame, repliedMessage } from '../shared/event-frame.js';
import { filled, idOf, listOf, textOf } from '../shared/fields.js';
import { EARLIEST_CHAT_MS, instantOf } from '../shared/instant-of.js';
import { attachmentsOf } from './zalo.attachments.js';
import { claimsOf } from './zalo.claims.js';
import { eventContent, formContent, messageContent, type ZaloContent } from './zalo.content.js';
import type { ZaloEnvelope, ZaloPerson } from './zalo.envelope.js';
import { EVENTS, REACTION_EMOJI } from './zalo.events.js';

/** An event whose account and person are known, with what every record of it says. */
export interface ZaloDelivery extends ZaloEnvelope {
  readonly account: ChannelAccount;
  readonly person: ZaloPerson;
  readonly context: ParseContext;
  readonly raw: Raw;
}

/** What an event lacks to be one; a phrase for the dead letter. */
export type ZaloFault = { readonly missing: string };

type Direction = MessageReceived['direction'];

interface Naming {
  readonly direction: Direction;
  readonly kind: 'message' | 'event';
  readonly messageId: string;
}

function frameOf(delivery: ZaloDelivery, { direction, kind, messageId }: Naming, flags: readonly string[] = []) {
  const { person, message, body, context, account, timestamp, raw } = delivery;
  return eventFrame({
    context,
    // One app delivers for several official accounts: the event's own is not always that of the address.
    account,
    direction,
    identity: person,
    messageKind: kind,
    messageId,
    conversationId: idOf(message['conversation_id']) ?? idOf(body['group_id']) ?? groupOf(delivery) ?? person.value,
    timestamp: timestamp === '' ? undefined : timestamp,
    timeMs: instantOf(message['delivery_time']) ?? instantOf(timestamp),
    earliestMs: EARLIEST_CHAT_MS,
    flags,
    raw,
  });
}

/** The recipient of a group message is the group. */
function groupOf({ name, body }: ZaloDelivery): string | undefined {
  if (!name.startsWith('user_send_group_')) return undefined;
  const { recipient } = body;
  return idOf((recipient as { id?: unknown } | undefined)?.id);
}

/** Names an event that has no message id: what happened, to whom, and when. */
const eventKey = ({ name, person, timestamp }: ZaloDelivery, word = name): string =>
  `${word}:${person.value}:${timestamp}`;

function received(
  delivery: ZaloDelivery,
  naming: Naming,
  { content, flags }: ZaloContent,
  attachments: readonly Attachment[] = [],
): InboundEvent {
  const quoted = idOf(delivery.message['quote_msg_id']);
  const claims = naming.direction === 'inbound' ? claimsOf(delivery) : [];
  return {
    id: inboundEventId({ accountId: delivery.account.id, eventKind: naming.kind, messageId: naming.messageId }),
    type: INBOUND_TYPES.received,
    data: withPresent(frameOf(delivery, naming, flags), {
      claims: filled(claims),
      content,
      attachments: filled(attachments),
      reply_to: repliedMessage(quoted),
    }),
  };
}

function toMessage(delivery: ZaloDelivery, direction: Direction): InboundEvent | ZaloFault {
  const messageId = idOf(delivery.message['msg_id']);
  if (messageId === undefined) return { missing: 'message.msg_id' };
  const naming = { direction, kind: 'message', messageId } as const;
  return received(delivery, naming, messageContent(delivery), attachmentsOf(delivery.message, messageId));
}

function toReceipt(delivery: ZaloDelivery, status: 'delivered' | 'read'): InboundEvent | ZaloFault {
  const { message } = delivery;
  const named = [message['msg_id'], ...listOf(message['msg_ids'])].map(idOf).filter((id) => id !== undefined);
  const messageIds = [...new Set(named)];
  if (messageIds.length === 0) return { missing: 'message.msg_id or message.msg_ids' };
  const messageId = JSON.stringify([eventKey(delivery), ...messageIds]);
  return {
    id: inboundEventId({ accountId: delivery.account.id, eventKind: 'receipt', messageId }),
    type: INBOUND_TYPES.receipt,
    data: withPresent(frameOf(delivery, { direction: 'echo', kind: 'message', messageId }), {
      status,
      message_ids: messageIds,
    }),
  };
}

function toReaction(delivery: ZaloDelivery): InboundEvent | ZaloFault {
  const { account, name, senderId, timestamp } = delivery;
  const messageId = idOf(delivery.message['msg_id']);
  const reaction = textOf(delivery.message['react_icon'])?.slice(0, 64).toWellFormed();
  if (messageId === undefined || senderId === undefined) return { missing: 'message.msg_id or sender.id' };
  if (reaction === undefined) return { missing: 'message.react_icon' };
  const revision = JSON.stringify([senderId, timestamp, reaction]);
  const emoji = Object.hasOwn(REACTION_EMOJI, reaction) ? REACTION_EMOJI[reaction] : undefined;
  const direction = name.startsWith('oa_') ? 'echo' : 'inbound';
  const frame = frameOf(delivery, { direction, kind: 'message', messageId });
  return {
    id: inboundEventId({ accountId: account.id, eventKind: 'reaction', messageId, revision }),
    type: INBOUND_TYPES.reacted,
    data: withPresent(frame, {
      provider: { ...frame.provider, revision },
      actor: senderId,
      action: 'react',
      reaction,
      ...(emoji === undefined ? {} : { emoji }),
    }),
  };
}

function toSystem(delivery: ZaloDelivery): InboundEvent {
  const naming = { direction: 'inbound', kind: 'event', messageId: eventKey(delivery) } as const;
  return received(delivery, naming, eventContent('system', delivery));
}

function toForm(delivery: ZaloDelivery): InboundEvent {
  const naming = { direction: 'inbound', kind: 'event', messageId: eventKey(delivery, 'submit') } as const;
  return received(delivery, naming, formContent(delivery));
}

/** An event that this version does not know but that names a person: it stands on their timeline with its bytes. */
function toUnsupported(delivery: ZaloDelivery): InboundEvent {
  const direction = delivery.name.startsWith('oa_') ? 'echo' : 'inbound';
  const id = idOf(delivery.message['msg_id']);
  const naming = id === undefined ? { kind: 'event' as const, messageId: eventKey(delivery) } : undefined;
  return received(
    delivery,
    { direction, ...(naming ?? { kind: 'message', messageId: id! }) },
    eventContent('unsupported', delivery),
  );
}

/** Makes the canonical event of a delivery. */
export function mapDelivery(delivery: ZaloDelivery): InboundEvent | ZaloFault {
  switch (EVENTS.get(delivery.name)) {
    case 'message':
      return toMessage(delivery, 'inbound');
    case 'echo':
      return toMessage(delivery, 'echo');
    case 'delivered':
      return toReceipt(delivery, 'delivered');
    case 'seen':
      return toReceipt(delivery, 'read');
    case 'reaction':
      return toReaction(delivery);
    case 'form':
      return toForm(delivery);
    case 'system':
      return toSystem(delivery);
    case undefined:
      return toUnsupported(delivery);
  }
}
