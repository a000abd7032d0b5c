import { MAX_TEXT_CHARS, type Attachment, type Claim, type Content } from '@app/contracts';
import { claimOf } from '@app/identity';
import { cleanIdentifier, cleanText } from '@app/kernel';
import { idOf, listOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';

/** What a message says. */
export interface TelegramContent {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly claims: readonly Claim[];
  readonly flags: readonly string[];
}

/** Fields that hold a file, and what it is to a reader; a GIF comes twice, as `animation` and as `document`. */
const FILES = {
  animation: 'video',
  video: 'video',
  video_note: 'video',
  audio: 'audio',
  voice: 'audio',
  sticker: 'sticker',
  document: 'file',
} as const satisfies Record<string, Attachment['kind']>;

/** What the program of Telegram tells about a chat, rather than a person to us. */
const SERVICE = [
  'new_chat_members',
  'left_chat_member',
  'new_chat_title',
  'new_chat_photo',
  'delete_chat_photo',
  'group_chat_created',
  'supergroup_chat_created',
  'channel_chat_created',
  'migrate_to_chat_id',
  'migrate_from_chat_id',
  'pinned_message',
  'message_auto_delete_timer_changed',
  'forum_topic_created',
  'forum_topic_closed',
  'forum_topic_reopened',
  'video_chat_started',
  'video_chat_ended',
  'write_access_allowed',
  'connected_website',
];

/** Fields that stand around a message's main content. */
const FRAME = new Set(
  [
    'message_id message_thread_id from sender_chat sender_boost_count sender_business_bot date business_connection_id chat',
    'forward_origin is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story via_bot',
    'edit_date has_protected_content is_from_offline media_group_id author_signature paid_star_count entities',
    'link_preview_options effect_id caption caption_entities show_caption_above_media has_media_spoiler reply_markup text',
    'photo location venue contact live_photo direct_messages_topic suggested_post_info guest_bot_caller_user',
  ].flatMap((line) => line.split(' ')),
);

const short = (text: string): string => cleanText(text, { nul: 'replace', maxChars: 1_000 }).text;

/** A file by the number that the bot fetches it by: no address, which would hold the bot's token. */
function fileOf(kind: Attachment['kind'], file: JsonObject): Attachment | undefined {
  const id = idOf(file['file_id']);
  if (id === undefined) return undefined;
  const [name, type] = [textOf(file['file_name']), textOf(file['mime_type'])];
  const size = numberOf(file['file_size']);
  return {
    kind,
    state: 'pending',
    source: 'provider',
    locator: id,
    ...(type === undefined ? {} : { declared_media_type: short(type) }),
    ...(name === undefined ? {} : { filename: short(name) }),
    ...(size === undefined || !Number.isSafeInteger(size) || size < 0 ? {} : { size_bytes: size }),
  };
}

/** Of a photo the largest size, which comes last; of all else the file itself. */
function attachmentsOf(message: JsonObject): readonly Attachment[] {
  const photo = objectsOf(message['photo']).at(-1);
  const found = photo === undefined ? [] : [fileOf('image', photo)];
  for (const [field, kind] of Object.entries(FILES)) {
    const file = objectOf(message[field]);
    if (file === undefined || (field === 'document' && message['animation'] !== undefined)) continue;
    found.push(fileOf(kind, file));
  }
  return found.filter((attachment) => attachment !== undefined);
}

function locationOf(message: JsonObject): Content['location'] {
  const venue = objectOf(message['venue']);
  const place = objectOf(message['location']) ?? objectOf(venue?.['location']);
  const [latitude, longitude] = [numberOf(place?.['latitude']), numberOf(place?.['longitude'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  const title = [textOf(venue?.['title']), textOf(venue?.['address'])].filter((part) => part !== undefined).join(', ');
  return { latitude, longitude, ...(title === '' ? {} : { title: short(title) }) };
}

function contactText(contact: JsonObject): string {
  const parts = ['first_name', 'last_name', 'phone_number'].map((field) => textOf(contact[field]));
  return parts.filter((part) => part !== undefined).join(' ');
}

/** A person's own number is one that Telegram vouches for; any other card is somebody's. */
function claimsOf(contact: JsonObject | undefined, senderId: string): readonly Claim[] {
  const number = textOf(contact?.['phone_number']);
  if (contact === undefined || number === undefined) return [];
  const own = idOf(contact['user_id']) === senderId;
  const written = number.startsWith('+') ? number : `+${number}`;
  return [claimOf('phone', cleanIdentifier(written), own ? 'telegram.own_contact' : 'telegram.contact_card')];
}

/** `/start PAYLOAD`: the link that led here. */
function interactiveOf(text: string | undefined): Content['interactive'] {
  const payload = /^\/start(?:@\w{1,64})? ([\w-]{1,64})$/.exec(text ?? '')?.[1];
  return payload === undefined ? undefined : { kind: 'referral', payload };
}

/** The field that is the message's main content, when it is none that is understood. */
function otherField(message: JsonObject): string | undefined {
  return Object.keys(message).find((name) => !FRAME.has(name) && !Object.hasOwn(FILES, name));
}

function typeOf(parts: {
  readonly said: string | undefined;
  readonly location: Content['location'];
  readonly contact: JsonObject | undefined;
  readonly attachments: readonly Attachment[];
  readonly other: string | undefined;
}): Content['type'] {
  if (parts.contact !== undefined) return 'contact';
  if (parts.location !== undefined) return 'location';
  const kind = parts.attachments[0]?.kind;
  if (kind !== undefined && parts.said === undefined) return kind;
  if (parts.said !== undefined) return 'text';
  return parts.other !== undefined && SERVICE.includes(parts.other) ? 'system' : 'unsupported';
}

/** Reads a message. Whatever it holds besides is in the raw element. */
export function readMessage(message: JsonObject, senderId: string): TelegramContent {
  const attachments = attachmentsOf(message);
  const location = locationOf(message);
  const contact = objectOf(message['contact']);
  const said = textOf(message['text']) ?? textOf(message['caption']);
  const other = otherField(message);
  const type = typeOf({ said, location, contact, attachments, other });
  const derived = contact === undefined ? textOf(objectOf(message['sticker'])?.['emoji']) : contactText(contact);
  const clean = cleanText(said ?? derived ?? location?.title ?? '', { nul: 'replace', maxChars: MAX_TEXT_CHARS });
  const content: Content = { type };
  if (clean.text !== '') content.text = clean.text;
  if (location !== undefined) content.location = location;
  const tapped = interactiveOf(said);
  if (tapped !== undefined) content.interactive = tapped;
  if (type === 'system' || type === 'unsupported') content.provider_type = short(other ?? 'message').slice(0, 64);
  return {
    content,
    attachments,
    claims: claimsOf(contact, senderId),
    flags: clean.truncated ? ['truncated'] : [],
  };
}

/** The reaction that stands after a change: of several of one person the first; undefined when none is left. */
export function reactionOf(value: JsonObject): { readonly reaction: string; readonly emoji?: string } | undefined {
  const [first] = listOf(value['new_reaction']).map(objectOf);
  if (first === undefined) return undefined;
  const emoji = textOf(first['emoji']);
  const name = emoji ?? idOf(first['custom_emoji_id']) ?? textOf(first['type']) ?? 'unknown';
  return { reaction: short(name).slice(0, 64), ...(emoji === undefined ? {} : { emoji: short(emoji).slice(0, 64) }) };
}
