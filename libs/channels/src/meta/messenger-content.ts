import type { Claim, Content } from '@app/contracts';
import { claimOf } from '@app/identity';
import { cleanIdentifier } from '@app/kernel';
import { idOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';
import { messageText, shortText } from './mapping.js';
import { readAttachments, type MessageAttachments } from './messenger-attachments.js';

/** What a message says. */
export interface MessageParts extends Pick<MessageAttachments, 'attachments'> {
  readonly content: Content;
  readonly flags: readonly string[];
}

/** Kinds of attachment that are a type of content of their own. */
const MEDIA = new Set<string>(['image', 'video', 'audio', 'file', 'sticker']);

/** A tap on something that we offered, or that led the person here. */
export function interactive(kind: string, payload?: unknown, title?: unknown): NonNullable<Content['interactive']> {
  const carried = textOf(payload);
  const seen = textOf(title);
  return {
    kind,
    ...(carried === undefined ? {} : { payload: cleanIdentifier(carried) }),
    ...(seen === undefined ? {} : { title: shortText(seen) }),
  };
}

/** The quick reply that was tapped, else what led to the message: an advertisement, a link, a story. */
function interactiveOf(message: JsonObject): Content['interactive'] {
  const quickReply = objectOf(message.quick_reply);
  if (quickReply !== undefined) return interactive('quick_reply', quickReply.payload, message.text);
  const referral = objectOf(message.referral);
  if (referral !== undefined) return referralOf(referral);
  const story = objectOf(objectOf(message.reply_to)?.story);
  if (story !== undefined) return interactive('story_reply', idOf(story.id));
  const isMention = objectsOf(message.attachments).some(({ type }) => type === 'story_mention');
  return isMention ? interactive('story_mention') : undefined;
}

/** What `referral` says: the reference of the link, and the title of the advertisement. */
export function referralOf(referral: JsonObject): NonNullable<Content['interactive']> {
  return interactive('referral', referral.ref, objectOf(referral.ads_context_data)?.ad_title);
}

function typeOf(message: JsonObject, found: MessageAttachments, derivedText: string | undefined): Content['type'] {
  if (message.is_unsupported === true) return 'unsupported';
  if (textOf(message.text) !== undefined) return objectOf(message.quick_reply) === undefined ? 'text' : 'interactive';
  if (found.location !== undefined) return 'location';
  if (found.template !== undefined) return 'interactive';
  const kind = found.attachments[0]?.kind;
  if (kind !== undefined && MEDIA.has(kind)) return kind as Content['type'];
  if (kind === undefined && message.sticker_id !== undefined) return 'sticker';
  return kind === 'link' && derivedText !== undefined ? 'text' : 'unsupported';
}

/** Text of a message that has none of its own: titles of its links and cards, else the addresses of its links. */
function derivedTextOf({ attachments, location }: MessageAttachments): string | undefined {
  const titles = attachments.flatMap(
    (item) => item.title ?? (item.kind === 'link' && item.source === 'url' ? item.locator : []),
  );
  return [location?.title, ...titles].filter((title) => title !== undefined).join('\n') || undefined;
}

/**
 * Reads a `message`. Whatever it holds besides is in the raw element.
 *
 * @returns content of type `unsupported` for what Meta does not hand out (`is_unsupported`) and for unknown attachments
 */
export function readMessage(message: JsonObject, mid: string): MessageParts {
  const found = readAttachments(message.attachments, mid);
  const derived = derivedTextOf(found);
  const isHeart = objectsOf(message.attachments).some(({ type }) => type === 'like_heart');
  const said = textOf(message.text) ?? derived ?? (isHeart ? '❤' : undefined);
  const { text, flags } = said === undefined ? { text: undefined, flags: [] } : messageText(said);
  const type = isHeart && textOf(message.text) === undefined ? 'sticker' : typeOf(message, found, derived);
  const tapped =
    interactiveOf(message) ?? (found.template === undefined ? undefined : interactive('template', found.template));
  const content: Content = { type };
  if (text !== undefined) content.text = text;
  if (found.location !== undefined) content.location = found.location;
  if (tapped !== undefined) content.interactive = tapped;
  if (type === 'unsupported') content.provider_type = unsupportedType(message, found);
  return { content, attachments: found.attachments, flags };
}

function unsupportedType(message: JsonObject, { firstType }: MessageAttachments): string {
  if (message.is_unsupported === true) return 'is_unsupported';
  return firstType === undefined ? 'message' : shortText(firstType);
}

const PHONE = /^\+?\d[\d .-]{6,18}\d$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/**
 * What a message claims about its sender. A tapped chip that shares a number or an address is an ordinary message whose
 * text equals its payload: Meta marks it in no other way, so it is worth no more than a typed one.
 */
export function claimsOf(message: JsonObject, priorMessage: JsonObject | undefined): readonly Claim[] {
  const claims: Claim[] = [];
  const shared = textOf(objectOf(message.quick_reply)?.payload);
  if (shared !== undefined && shared === message.text) {
    const kind = PHONE.test(shared) ? 'phone' : EMAIL.test(shared) ? 'email' : undefined;
    if (kind !== undefined) claims.push(claimOf(kind, shared, 'messenger.quick_reply'));
  }
  const prior = idOf(priorMessage?.identifier);
  if (prior !== undefined) claims.push(claimOf('external_id', prior, 'messenger.prior_message'));
  return claims;
}
