/** Who talks: the person's page-scoped id and the page. */
export interface MessengerThread {
  readonly psid: string;
  readonly pageId: string;
}

/** An attachment of a message; `location` alone has coordinates. */
export interface MessengerAttachment {
  readonly type: 'image' | 'video' | 'audio' | 'file' | 'sticker' | 'location' | 'fallback';
  readonly title?: string;
  readonly payload: Readonly<Record<string, unknown>> | null;
}

/** One element of `messaging`. */
export type MessagingItem = Readonly<Record<string, unknown>>;

/** What a message holds besides its id. */
export interface MessengerContent {
  readonly text?: string;
  readonly attachments?: readonly MessengerAttachment[];
  /** Id of the message that this one quotes. */
  readonly replyTo?: string;
  /** Content that the API cannot carry; Meta then sends the id alone. */
  readonly isUnsupported?: boolean;
}

const fromPerson = ({ psid, pageId }: MessengerThread, at: Date): Record<string, unknown> => ({
  sender: { id: psid },
  recipient: { id: pageId },
  timestamp: at.getTime(),
});
const fromPage = ({ psid, pageId }: MessengerThread, at: Date): Record<string, unknown> => ({
  sender: { id: pageId },
  recipient: { id: psid },
  timestamp: at.getTime(),
});

function messageOf(mid: string, content: MessengerContent): Record<string, unknown> {
  return {
    mid,
    ...(content.text === undefined ? {} : { text: content.text }),
    ...(content.attachments === undefined ? {} : { attachments: content.attachments }),
    ...(content.replyTo === undefined ? {} : { reply_to: { mid: content.replyTo } }),
    ...(content.isUnsupported === true ? { is_unsupported: true } : {}),
  };
}

/** A message that the person wrote. */
export const messengerMessage = (
  thread: MessengerThread,
  at: Date,
  mid: string,
  content: MessengerContent,
): MessagingItem => ({ ...fromPerson(thread, at), message: messageOf(mid, content) });

/** A message that the page sent, echoed; the default app is the page's own inbox, so a human wrote it. */
export const messengerEcho = (
  thread: MessengerThread,
  at: Date,
  mid: string,
  text: string,
  appId = 263902037430900,
): MessagingItem => ({ ...fromPage(thread, at), message: { is_echo: true, app_id: appId, mid, text } });

/** The person changed a message; `editNumber` counts from 1. */
export const messengerEdit = (
  thread: MessengerThread,
  at: Date,
  mid: string,
  text: string,
  editNumber = 1,
): MessagingItem => ({ ...fromPerson(thread, at), message_edit: { mid, text, num_edit: editNumber } });

/** The person took a message back. */
export const messengerUnsend = (thread: MessengerThread, at: Date, mid: string): MessagingItem => ({
  ...fromPerson(thread, at),
  message: { mid, is_deleted: true },
});

/** The person reacted to a message. */
export const messengerReaction = (
  thread: MessengerThread,
  at: Date,
  mid: string,
  reaction: { readonly name: string; readonly emoji: string },
): MessagingItem => ({
  ...fromPerson(thread, at),
  reaction: { mid, action: 'react', reaction: reaction.name, emoji: reaction.emoji },
});

/** The person has read everything up to the watermark. */
export const messengerRead = (thread: MessengerThread, at: Date, watermark: Date): MessagingItem => ({
  ...fromPerson(thread, at),
  read: { watermark: watermark.getTime() },
});

/** Messages of the page reached the person's device. */
export const messengerDelivery = (
  thread: MessengerThread,
  at: Date,
  mids: readonly string[],
  watermark: Date,
): MessagingItem => ({ ...fromPerson(thread, at), delivery: { mids, watermark: watermark.getTime() } });
