import { z } from 'zod';
import { callReportSchema } from './call.js';
import { CHANNELS } from './channels.js';
import { formSchema, orderReportSchema, visitSchema } from './commerce.js';
import { AUTHENTICITIES, IDENTITY_KINDS } from './identity-kind.js';
import { closedEnum, instant, openEnum, text } from './schema.js';

/** Types of inbound event (`ce_type`). */
export const INBOUND_TYPES = {
  received: 'omni.inbound.message.received',
  edited: 'omni.inbound.message.edited',
  deleted: 'omni.inbound.message.deleted',
  reacted: 'omni.inbound.message.reacted',
  receipt: 'omni.inbound.receipt.updated',
  call: 'omni.inbound.call.updated',
  order: 'omni.inbound.order.updated',
  post: 'omni.inbound.post.updated',
} as const;

/** Peculiarities of an event; the set is open. */
export const INBOUND_FLAGS = [
  'clock_adjusted',
  'truncated',
  'backfill',
  'standby',
  'test',
  'unreadable',
  'size_limited',
  'forwarded',
  'partial',
  'opt_out',
  'dmarc_fail',
  'name_of_another',
  'reply_to_elsewhere',
  'mixed_scripts',
  'encrypted',
  'mended',
  'domain_like_ours',
] as const;

/** Longest text of one message, in UTF-16 units; longer text is cut and flagged `truncated`. */
export const MAX_TEXT_CHARS = 65_536;

/** Longest excerpt of a post, in UTF-16 units; a longer one is cut and ends in an ellipsis. */
export const MAX_EXCERPT_CHARS = 280;

/** Largest record on any topic but the dead letters, in bytes of value and headers. */
export const MAX_RECORD_BYTES = 512 * 1024;

/** Of the post commented on, in what comes in and on timelines. */
export const EXCERPT = {
  description: 'How the post begins, in one line; absent when its provider does not say, or somebody else wrote it',
  examples: ['Áo dài Tết, vải gấm, đủ cỡ…'],
};

export const attachmentSchema = z
  .object({
    kind: openEnum('What it is to a reader', ['image', 'video', 'audio', 'file', 'sticker', 'link', 'other']),
    state: openEnum('Whether its bytes are kept here', ['pending', 'stored', 'blocked', 'failed', 'expired', 'erased']),
    source: openEnum('How `locator` is to be read', ['url', 'imap', 'blob', 'provider']),
    locator: text('Where its bytes can be fetched: a reference, never the bytes', 'https://cdn.example/ao.jpg'),
    part_id: text('MIME part within a mail', '2').optional(),
    media_type: text('Type of the bytes kept here, by their content', 'image/jpeg').optional(),
    declared_media_type: text('Type that the sender stated; untrusted', 'image/jpeg').optional(),
    filename: text('Name that the sender gave; untrusted, never a path', 'bao-gia.pdf').optional(),
    title: text('Caption or title beside the attachment', 'Áo dài Tết').optional(),
    size_bytes: z
      .int()
      .min(0)
      .meta({ description: 'Size in bytes: declared, or of the bytes kept here', examples: [31872] })
      .optional(),
    sha256: text('Digest of the bytes in hexadecimal, when known', 'a'.repeat(64)).optional(),
    content_id: text('Content-ID of an inline part of a mail', 'ii_m7s1').optional(),
    inline: z
      .boolean()
      .meta({ description: 'Shown in place, within the text', examples: [false] })
      .optional(),
  })
  .meta({ id: 'Attachment', description: 'Something attached to a message, by reference' });

export const contentSchema = z
  .object({
    type: openEnum('Main type of the content', [
      'text',
      'html',
      'image',
      'audio',
      'video',
      'file',
      'sticker',
      'location',
      'contact',
      'interactive',
      'system',
      'unsupported',
    ]),
    text: z
      .string()
      .max(MAX_TEXT_CHARS)
      .meta({ description: 'Plain text, NFC, present whenever text can be derived', examples: ['Chào shop ạ'] })
      .optional(),
    visible_text: z
      .string()
      .max(MAX_TEXT_CHARS)
      .meta({
        description: 'Of a mail, the part of `text` without quoted mail and signature; absent when that is all of it',
        examples: ['Chào shop ạ'],
      })
      .optional(),
    subject: text('Subject of a mail', 'Hỏi giá').optional(),
    html_ref: text('Reference to the original HTML, never inline', 'blob:0f34…').optional(),
    location: z
      .object({
        latitude: z.number().meta({ description: 'Degrees north', examples: [10.7725] }),
        longitude: z.number().meta({ description: 'Degrees east', examples: [106.698] }),
        title: text('Name of the place', 'Chợ Bến Thành').optional(),
      })
      .meta({ id: 'Location', description: 'A point on the map' })
      .optional(),
    interactive: z
      .object({
        kind: text('Kind of interaction', 'postback'),
        payload: text('What the button carries', 'GET_STARTED').optional(),
        title: text('What the person saw', 'Bắt đầu').optional(),
      })
      .meta({ id: 'Interactive', description: 'A tap on something that we offered' })
      .optional(),
    provider_type: text(
      'The name that the provider gives to it, for content of type unsupported',
      'user_call_oa',
    ).optional(),
  })
  .meta({ id: 'Content', description: 'What a message says' });

export const rawSchema = z
  .object({
    media_type: text('Type of the original bytes', 'application/json'),
    encoding: closedEnum('How `data` holds them', ['utf8', 'base64', 'reference']),
    data: text('The original element exactly as it came, or a reference to it', '{"mid":"m_1"}'),
    context: text('What stood around the element and is needed to parse it again', '{"entry":{"id":"1"}}').optional(),
  })
  .meta({
    id: 'Raw',
    description: 'The original element, so that a parser can be mended and the element parsed again',
  });

export const claimSchema = z
  .object({
    kind: openEnum('What is claimed', ['phone', 'email', 'external_id']),
    value: text('The claimed value as given', '0901234567'),
    level: z
      .int()
      .min(0)
      .max(5)
      .meta({ description: 'Trust level from the connector’s fixed table', examples: [1] }),
    source: text('Where it was found', 'zalo.user_submit_info'),
  })
  .meta({ id: 'Claim', description: 'Something that a message says about its sender' });

export const inboundIdentitySchema = z
  .object({
    kind: openEnum('Kind of identity', IDENTITY_KINDS),
    scope: z.string().meta({
      description: 'Where the value means something: page, OA; empty for global kinds',
      examples: ['106000000000001'],
    }),
    value: text('Canonical value within the scope', '7412345678900001'),
    authenticity: closedEnum('How far the message proves its sender', AUTHENTICITIES),
    display_name: text('Name that the provider shows', 'Trần Thị Bưởi').optional(),
    username: text('User name', 'buoi.tran').optional(),
    locale: text('Language of the person', 'vi').optional(),
    avatar_ref: text('Reference to a picture', 'https://cdn.example/a.jpg').optional(),
  })
  .meta({ id: 'InboundIdentity', description: 'The customer’s side of the exchange, whichever way the message went' });

const frame = {
  channel: openEnum('Channel', CHANNELS),
  account_id: text('Our account', 'fb-shop'),
  direction: closedEnum('`inbound`: from the customer; `echo`: sent by the business, here or elsewhere', [
    'inbound',
    'echo',
  ]),
  identity: inboundIdentitySchema,
  provider: z
    .object({
      name: text('Company or protocol', 'meta'),
      message_id: text('Provider’s id of the message concerned, or the tuple that stands for it', 'm_q7Xk2vN0t'),
      conversation_id: text('Provider’s thread', '7412345678900001'),
      event_id: text('Provider’s id of this delivery', '3').optional(),
      revision: text('Tells several occurrences on one message apart', '1').optional(),
      timestamp: text('Time as sent', '1767225599987').optional(),
    })
    .meta({ id: 'ProviderReference', description: 'How the provider names it' }),
  message_kind: closedEnum(
    'Name space of `provider.message_id` within the account; `mail`: Message-IDs, which several mails may bear',
    ['message', 'comment', 'event', 'call', 'mail'],
  ),
  occurred_at: instant('Provider’s time; the receive time when that is missing or impossible'),
  received_at: instant('When the connector accepted it'),
  verification: z
    .object({
      method: closedEnum('How the request was authenticated', ['hmac', 'hash', 'token', 'pull', 'none']),
      key_id: text('Which of several secrets matched', '0').optional(),
    })
    .meta({ id: 'Verification', description: 'Proof that the provider sent it' }),
  raw: rawSchema,
  claims: z
    .array(claimSchema)
    .meta({ description: 'Claims about the sender', examples: [[]] })
    .optional(),
  flags: z
    .array(text('Flag', 'clock_adjusted'))
    .meta({
      description: 'Peculiarities',
      examples: [['clock_adjusted']],
      'x-extensible-enum': [...INBOUND_FLAGS],
    })
    .optional(),
};

export const mailSchema = z
  .object({
    message_id: text('Message-ID without angle brackets', 'CAB7@mail.khachhang.example').optional(),
    in_reply_to: z
      .array(text('Id', 'a@x.example'))
      .meta({ description: 'Ids of In-Reply-To', examples: [['a@x.example']] }),
    references: z
      .array(text('Id', 'a@x.example'))
      .meta({ description: 'Ids of References, root first', examples: [['a@x.example']] }),
    from: z.array(text('Address', 'ha@example.com')).meta({ description: 'Authors', examples: [['ha@example.com']] }),
    to: z
      .array(text('Address', 'hotro@shop.example.vn'))
      .meta({ description: 'Recipients', examples: [['hotro@shop.example.vn']] }),
    cc: z.array(text('Address', 'a@x.example')).meta({ description: 'Copies', examples: [[]] }),
    reply_to: z.array(text('Address', 'a@x.example')).meta({ description: 'Reply-To', examples: [[]] }),
    authentication: z
      .object({
        spf: text('Result', 'pass').optional(),
        dkim: text('Result', 'pass').optional(),
        dmarc: text('Result', 'pass').optional(),
      })
      .meta({ id: 'MailAuthentication', description: 'Results that a trusted border wrote' }),
    auto_submitted: text('Class of automatic mail: bounce, autoreply, bulk, …', 'autoreply').optional(),
  })
  .meta({ id: 'Mail', description: 'What only mail has' });

/** `omni.inbound.message.received`: a message, a comment, or another thing that a person did. */
export const messageReceivedSchema = z
  .object({
    ...frame,
    content: contentSchema,
    attachments: z
      .array(attachmentSchema)
      .meta({ description: 'Attachments in order', examples: [[]] })
      .optional(),
    reply_to: z
      .object({
        message_kind: closedEnum('Name space of the id', ['message', 'comment', 'event', 'mail']),
        provider_message_id: text('The message answered', 'm_q7Xk2vN0s'),
      })
      .meta({ id: 'ReplyTo', description: 'The message that this one answers' })
      .optional(),
    post: z
      .object({
        provider_id: text('Post under which the comment stands', '108_500'),
        permalink: text('Address of the post', 'https://www.facebook.example/p/1').optional(),
        excerpt: z.string().max(MAX_EXCERPT_CHARS).meta(EXCERPT).optional(),
      })
      .meta({ id: 'Post', description: 'The post commented on' })
      .optional(),
    mail: mailSchema.optional(),
    visit: visitSchema.optional(),
    form: formSchema.optional(),
  })
  .meta({ id: 'InboundMessageReceived', description: 'A message reached an account, or the business wrote one' });

/** `omni.inbound.message.edited`: `provider.message_id` names the message; the content is its whole new state. */
export const messageEditedSchema = z
  .object({
    ...frame,
    content: contentSchema,
    attachments: z
      .array(attachmentSchema)
      .meta({ description: 'Attachments after the edit; absent: unchanged', examples: [[]] })
      .optional(),
    edit_rank: z
      .int()
      .min(0)
      .meta({ description: 'Among the edits of one message the greatest wins', examples: [1] }),
  })
  .meta({ id: 'InboundMessageEdited', description: 'The sender changed a message' });

/** `omni.inbound.message.deleted`: `provider.message_id` names the message; wins over every edit for ever. */
export const messageDeletedSchema = z
  .object({
    ...frame,
    action: closedEnum('`delete` is final; `hide` and `unhide` follow their time', ['delete', 'hide', 'unhide']),
  })
  .meta({ id: 'InboundMessageDeleted', description: 'A message was taken back, hidden or shown again' });

/** `omni.inbound.message.reacted`: `provider.message_id` names the message reacted to. */
export const messageReactedSchema = z
  .object({
    ...frame,
    actor: text('Who reacted: the provider’s id', '7412345678900001'),
    action: closedEnum('One reaction for each person: a new one replaces the old one', ['react', 'unreact']),
    reaction: text('The provider’s name of the reaction', 'love').optional(),
    emoji: text('The reaction as a character', '❤').optional(),
  })
  .meta({ id: 'InboundMessageReacted', description: 'Somebody reacted to a message' });

/** Kinds of attachment whose bytes are fetched; `link` is an address that a customer chose, and is never fetched. */
const FETCHED_KINDS: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'file', 'sticker', 'other']);

/** Whether the bytes of an attachment are still to be fetched from its provider; those of mail come with the mail. */
export function isToBeFetched({ kind, state, source }: z.infer<typeof attachmentSchema>): boolean {
  return state === 'pending' && (source === 'url' || source === 'provider') && FETCHED_KINDS.has(kind);
}

/** Delivery statuses with their rank; a higher rank wins (stream contract, section 6.5). */
export const DELIVERY_RANK = {
  queued: 10,
  accepted: 20,
  sent: 30,
  failed: 35,
  expired: 35,
  delivered: 40,
  read: 50,
} as const;

/** State of a message that the business sent. */
export type DeliveryStatus = keyof typeof DELIVERY_RANK;

/**
 * `omni.inbound.receipt.updated`: what became of messages that the business sent. Either `message_ids` names them, or
 * `watermark` means all of the conversation up to that instant; `provider.message_id` holds the tuple of the receipt.
 */
export const receiptUpdatedSchema = z
  .object({
    ...frame,
    status: closedEnum('What became of them', ['queued', 'accepted', 'sent', 'delivered', 'read', 'failed', 'expired']),
    message_ids: z
      .array(text('Provider’s message id', 'm_1'))
      .meta({ description: 'Messages named', examples: [['m_1']] }),
    watermark: instant('Everything sent up to here').optional(),
    error: z
      .object({ code: text('Provider’s code', '30003'), title: text('Its meaning', 'Unreachable handset').optional() })
      .meta({ id: 'DeliveryError', description: 'Why a delivery failed' })
      .optional(),
    complaint: text('The recipient calls it unwanted: type of feedback, as in RFC 5965', 'abuse').optional(),
  })
  .meta({
    id: 'InboundReceiptUpdated',
    description: 'Delivery, reading or failure of messages that the business sent',
  });

/**
 * `omni.inbound.call.updated`: what a provider reports of a call that `provider.message_id` names. Reports add up to one
 * entry, in any order. Those that name the person make the entry; all of one call name the same one, and the same
 * direction. A report without an identity, of an agent's leg or a recording, waits until there is one.
 */
export const callUpdatedSchema = z
  .object({ ...frame, identity: inboundIdentitySchema.optional(), call: callReportSchema })
  .meta({ id: 'InboundCallUpdated', description: 'A call began, went on or ended, or its recording is there' });

/** `omni.inbound.order.updated`: what became of an order that `provider.message_id` names; adds up as calls do. */
export const orderUpdatedSchema = z
  .object({ ...frame, identity: inboundIdentitySchema.optional(), order: orderReportSchema })
  .meta({ id: 'InboundOrderUpdated', description: 'An order was placed, or something became of it' });

const { identity: _identity, ...unaddressed } = frame;

/**
 * `omni.inbound.post.updated`: how a post of ours begins, under which comments stand. It concerns no customer and makes no
 * entry; of all that is told of a post the words with the latest `occurred_at` stand.
 */
export const postUpdatedSchema = z
  .object({
    ...unaddressed,
    post: z
      .object({
        provider_id: text('The post', '108_500'),
        excerpt: z.string().min(1).max(MAX_EXCERPT_CHARS).meta(EXCERPT),
      })
      .meta({ id: 'PostWords', description: 'A post with its words' }),
  })
  .meta({ id: 'InboundPostUpdated', description: 'We published a post, or changed its words' });

export type Attachment = z.infer<typeof attachmentSchema>;
export type Content = z.infer<typeof contentSchema>;
export type Raw = z.infer<typeof rawSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type InboundIdentity = z.infer<typeof inboundIdentitySchema>;
export type MailFields = z.infer<typeof mailSchema>;
export type MessageReceived = z.infer<typeof messageReceivedSchema>;
export type MessageEdited = z.infer<typeof messageEditedSchema>;
export type MessageDeleted = z.infer<typeof messageDeletedSchema>;
export type MessageReacted = z.infer<typeof messageReactedSchema>;
export type ReceiptUpdated = z.infer<typeof receiptUpdatedSchema>;
export type CallUpdated = z.infer<typeof callUpdatedSchema>;
export type OrderUpdated = z.infer<typeof orderUpdatedSchema>;
/** It names nobody. */
export type PostUpdated = z.infer<typeof postUpdatedSchema> & { readonly identity?: undefined };

/** Data of each type of inbound event. */
export interface InboundDataByType {
  'omni.inbound.message.received': MessageReceived;
  'omni.inbound.message.edited': MessageEdited;
  'omni.inbound.message.deleted': MessageDeleted;
  'omni.inbound.message.reacted': MessageReacted;
  'omni.inbound.receipt.updated': ReceiptUpdated;
  'omni.inbound.call.updated': CallUpdated;
  'omni.inbound.order.updated': OrderUpdated;
  'omni.inbound.post.updated': PostUpdated;
}

/** Name of a type of inbound event. */
export type InboundType = keyof InboundDataByType;

/** Schema of each type of inbound event. */
export const INBOUND_SCHEMAS = {
  'omni.inbound.message.received': messageReceivedSchema,
  'omni.inbound.message.edited': messageEditedSchema,
  'omni.inbound.message.deleted': messageDeletedSchema,
  'omni.inbound.message.reacted': messageReactedSchema,
  'omni.inbound.receipt.updated': receiptUpdatedSchema,
  'omni.inbound.call.updated': callUpdatedSchema,
  'omni.inbound.order.updated': orderUpdatedSchema,
  'omni.inbound.post.updated': postUpdatedSchema,
} as const satisfies Record<InboundType, z.ZodType>;

/**
 * A canonical inbound event: deterministic id, type, data. Union over the types; switch on `type`.
 */
export type InboundEvent = { [T in InboundType]: { id: string; type: T; data: InboundDataByType[T] } }[InboundType];
