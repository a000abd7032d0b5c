import { INBOUND_TYPES, type Claim, type DeliveryStatus } from '@app/contracts';
import { claimOf } from '@app/identity';
import { withPresent, type ChannelAccount } from '@app/kernel';
import {
  filled,
  idOf,
  instantOf,
  objectOf,
  objectsOf,
  repliedMessage,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { eventOf, shortText, unreadable, type Mapped, type Occurrence, type Subject } from './mapping.js';
import type { WhatsAppElement } from './whatsapp-body.js';
import { readWhatsAppMessage } from './whatsapp-content.js';
import { namesOf, personOf, scopeOf, type WhatsAppPerson } from './whatsapp-people.js';

/** An element whose account is known, in the shape that events are built from. */
export interface WhatsAppSubject extends Subject {
  readonly whatsapp: WhatsAppElement;
}

/** An element that is an object, with the person whom it concerns. */
interface Item {
  readonly subject: WhatsAppSubject;
  readonly value: JsonObject;
  readonly person: WhatsAppPerson;
  readonly direction: 'inbound' | 'echo';
}

/** What became of a message; `played` is what a voice message has instead of being read. */
const STATUSES: Readonly<Record<string, DeliveryStatus>> = {
  accepted: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};

/** A person in whose name the platform speaks, when it names nobody else. */
function base(
  item: Item,
  key: Occurrence['key'],
  { claims, flags = [], messageKind = 'message' }: Partial<Pick<Occurrence, 'claims' | 'flags' | 'messageKind'>> = {},
): Occurrence {
  const { value, person, direction, subject } = item;
  const occurrence: Occurrence = {
    key,
    direction,
    identity: person.identity,
    conversationId: idOf(value['group_id']) ?? person.identity.value,
    messageId: key.messageId,
    messageKind,
    time: instantOf(value['timestamp']),
    timestamp: value['timestamp'],
    flags: subject.whatsapp.list === 'history' ? ['backfill', ...flags] : flags,
  };
  if (claims !== undefined) occurrence.claims = claims;
  return occurrence;
}

function claimsOf(item: Item, more: readonly Claim[]): readonly Claim[] {
  return item.direction === 'inbound' ? [...item.person.claims, ...more] : [];
}

function mapContent(item: Item, id: string): Mapped {
  const { value, subject } = item;
  const { content, attachments, claims, flags } = readWhatsAppMessage(value);
  const answered = idOf(objectOf(value['context'])?.['id']);
  const all = claimsOf(item, [...claims, ...changedNumber(value)]);
  const occurrence = base(item, { eventKind: 'message', messageId: id }, { claims: all, flags });
  return eventOf(subject, occurrence, (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, {
      content,
      attachments: filled(attachments),
      reply_to: repliedMessage(answered),
    }),
  }));
}

/** The number that a person changed to: WhatsApp says so, but either number may be somebody else's by now. */
function changedNumber(message: JsonObject): readonly Claim[] {
  const system = objectOf(message['system']);
  if (system?.['type'] !== 'user_changed_number') return [];
  const { number } = namesOf(system['wa_id'] ?? system['new_wa_id'], undefined);
  return number === undefined ? [] : [claimOf('phone', `+${number.replace(/^\+/, '')}`, 'whatsapp.changed_number')];
}

function mapReaction(item: Item, id: string): Mapped {
  const { value, subject, person } = item;
  const reaction = objectOf(value['reaction']);
  const target = idOf(reaction?.['message_id']);
  if (target === undefined) return unreadable('a reaction without message_id');
  const emoji = textOf(reaction?.['emoji']);
  const actor = item.direction === 'echo' ? subject.account.externalId : person.identity.value;
  return eventOf(subject, base(item, { eventKind: 'reaction', messageId: target, revision: id }), (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.reacted,
    data: withPresent(frame, {
      actor,
      action: emoji === undefined ? 'unreact' : 'react',
      ...(emoji === undefined ? {} : { reaction: shortText(emoji.slice(0, 64)), emoji: shortText(emoji.slice(0, 64)) }),
    }),
  }));
}

function mapEdit(item: Item, id: string): Mapped {
  const { value, subject } = item;
  const edit = objectOf(value['edit']);
  const [target, message] = [idOf(edit?.['original_message_id']), objectOf(edit?.['message'])];
  if (target === undefined || message === undefined)
    return unreadable('an edit without original_message_id or message');
  const { content, attachments, flags } = readWhatsAppMessage(message);
  const time = instantOf(value['timestamp']);
  const occurrence = base(item, { eventKind: 'edit', messageId: target, revision: id }, { flags });
  return eventOf(subject, occurrence, (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.edited,
    data: withPresent(frame, {
      content,
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
      edit_rank: Math.max(0, Math.trunc((time ?? 0) / 1_000)),
    }),
  }));
}

function mapRevoke(item: Item): Mapped {
  const target = idOf(objectOf(item.value['revoke'])?.['original_message_id']);
  if (target === undefined) return unreadable('a revocation without original_message_id');
  return mapDeletion(item, target);
}

const mapDeletion = (item: Item, messageId: string): Mapped =>
  eventOf(item.subject, base(item, { eventKind: 'delete', messageId }), (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.deleted,
    data: withPresent(frame, { action: 'delete' }),
  }));

function mapMessage(item: Item): Mapped {
  const id = idOf(item.value['id']);
  if (id === undefined) return unreadable('a message without id');
  switch (item.value['type']) {
    case 'reaction':
      return mapReaction(item, id);
    case 'edit':
      return mapEdit(item, id);
    case 'revoke':
      return mapRevoke(item);
    default:
      return mapContent(item, id);
  }
}

function mapStatus(item: Item): Mapped {
  const { value, subject, person } = item;
  const id = idOf(value['id']);
  const said = textOf(value['status']);
  if (id === undefined || said === undefined) return unreadable('a status without id or status');
  if (said === 'deleted') return mapDeletion(item, id);
  const status = Object.hasOwn(STATUSES, said) ? STATUSES[said]! : undefined;
  if (status === undefined)
    return { reject: 'unsupported_content', detail: `the status ${shortText(said.slice(0, 64))}` };
  const [error] = objectsOf(value['errors']);
  const code = idOf(error?.['code']);
  const title = textOf(error?.['title']);
  const messageId = ['status', id, said, person.identity.value].join(':');
  return eventOf(subject, base(item, { eventKind: 'receipt', messageId }), (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.receipt,
    data: withPresent(frame, {
      status,
      message_ids: [id],
      ...(code === undefined ? {} : { error: { code, ...(title === undefined ? {} : { title: shortText(title) }) } }),
    }),
  }));
}

/** The business's id of a person became another one, because they changed their number. */
function mapNewUserId(item: Item, previous: string): Mapped {
  const { value, person, subject } = item;
  const old = `whatsapp_user:${scopeOf(subject.account, subject.whatsapp.businessId)}:${previous}`;
  const messageId = ['user_id_update', previous, person.identity.value].join(':');
  const claims = claimsOf(item, [claimOf('external_id', old, 'whatsapp.user_id_update')]);
  const detail = textOf(value['detail']);
  const occurrence = base(item, { eventKind: 'user_id_update', messageId }, { claims, messageKind: 'event' });
  return eventOf(subject, occurrence, (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, {
      content: {
        type: 'system',
        ...(detail === undefined ? {} : { text: shortText(detail) }),
        provider_type: 'user_id_update',
        interactive: { kind: 'user_id_update' },
      },
    }),
  }));
}

/** Whom an element is about, and which way it went. */
function itemOf(subject: WhatsAppSubject, value: JsonObject, account: ChannelAccount): Item | undefined {
  const { whatsapp } = subject;
  const found = (names: ReturnType<typeof namesOf>, direction: Item['direction']): Item | undefined => {
    const person = personOf(names, whatsapp, account);
    return person === undefined ? undefined : { subject, value, person, direction };
  };
  const sender = namesOf(value['from'], value['from_user_id']);
  switch (whatsapp.list) {
    case 'statuses': {
      const inGroup = namesOf(value['recipient_participant_id'], value['recipient_participant_user_id']);
      const isGroup = inGroup.number !== undefined || inGroup.userId !== undefined;
      return found(isGroup ? inGroup : namesOf(value['recipient_id'], value['recipient_user_id']), 'echo');
    }
    case 'message_echoes':
      return found(namesOf(value['to'], value['to_user_id']), 'echo');
    case 'user_id_update':
      return found(namesOf(value['wa_id'], objectOf(value['user_id'])?.['current']), 'inbound');
    case 'history': {
      const thread = namesOf(whatsapp.threadId, undefined);
      const isTheirs = sender.number === thread.number && sender.userId === thread.userId;
      return found(thread, isTheirs ? 'inbound' : 'echo');
    }
    default:
      return found(systemNames(value, sender), 'inbound');
  }
}

/** A system message about a person's id may name them only in itself. */
function systemNames(value: JsonObject, sender: ReturnType<typeof namesOf>): ReturnType<typeof namesOf> {
  if (sender.number !== undefined || sender.userId !== undefined) return sender;
  const system = objectOf(value['system']);
  return namesOf(system?.['wa_id'], system?.['user_id']);
}

/**
 * Maps one element of a WhatsApp body.
 *
 * @see docs/channels/whatsapp.md for the event ids
 */
export function mapWhatsApp(subject: WhatsAppSubject): Mapped {
  const { whatsapp, account } = subject;
  const value = objectOf(whatsapp.value);
  if (value === undefined) return unreadable('an element that is not an object');
  if (whatsapp.list === 'none' || whatsapp.list === 'errors') {
    return {
      reject: 'unsupported_content',
      detail: `${shortText(whatsapp.field.slice(0, 64))} that names no customer`,
    };
  }
  const item = itemOf(subject, value, account);
  if (item === undefined) return unreadable(`one of ${whatsapp.list} that names no customer`);
  if (whatsapp.list === 'statuses') return mapStatus(item);
  if (whatsapp.list !== 'user_id_update') return mapMessage(item);
  const previous = idOf(objectOf(value['user_id'])?.['previous']);
  return previous === undefined ? unreadable('user_id_update without previous') : mapNewUserId(item, previous);
}
