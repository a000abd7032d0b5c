/** Who talks: the person's id for this official account, the id for the app, and the official account. */
export interface ZaloThread {
  readonly userId: string;
  readonly userIdByApp: string;
  readonly oaId: string;
}

/** Body of an event without what the sender adds (`app_id`). Every id and time is a string. */
export type ZaloEvent = { readonly event_name: string; readonly timestamp: string } & Readonly<Record<string, unknown>>;

const stamp = (at: Date): string => String(at.getTime());

const fromUser = (name: string, thread: ZaloThread, at: Date, message: Record<string, unknown>): ZaloEvent => ({
  user_id_by_app: thread.userIdByApp,
  event_name: name,
  timestamp: stamp(at),
  sender: { id: thread.userId },
  recipient: { id: thread.oaId },
  message,
});
const fromOa = (
  name: string,
  thread: ZaloThread,
  at: Date,
  message: Record<string, unknown>,
  sender: Record<string, unknown> = {},
): ZaloEvent => ({
  user_id_by_app: thread.userIdByApp,
  event_name: name,
  timestamp: stamp(at),
  sender: { id: thread.oaId, ...sender },
  recipient: { id: thread.userId },
  message,
});

/** The person wrote a text. */
export const userSendText = (thread: ZaloThread, at: Date, id: string, text: string, quoteId?: string): ZaloEvent =>
  fromUser('user_send_text', thread, at, {
    msg_id: id,
    text,
    ...(quoteId === undefined ? {} : { quote_msg_id: quoteId }),
  });

/** The person sent a picture; several together come as several events. */
export const userSendImage = (thread: ZaloThread, at: Date, id: string, url: string, text = ''): ZaloEvent =>
  fromUser('user_send_image', thread, at, {
    msg_id: id,
    text,
    attachments: [{ type: 'image', payload: { thumbnail: url, url } }],
  });

/** The person sent a sticker. */
export const userSendSticker = (thread: ZaloThread, at: Date, id: string, stickerId: string): ZaloEvent =>
  fromUser('user_send_sticker', thread, at, {
    msg_id: id,
    attachments: [{ type: 'sticker', payload: { id: stickerId, url: `https://zalo.example/sticker/${stickerId}` } }],
  });

/** A place: degrees are strings at Zalo. */
export interface ZaloPlace {
  readonly latitude: string;
  readonly longitude: string;
  readonly name: string;
}

/** The person sent a place. */
export const userSendLocation = (thread: ZaloThread, at: Date, id: string, place: ZaloPlace): ZaloEvent =>
  fromUser('user_send_location', thread, at, {
    msg_id: id,
    text: place.name,
    attachments: [
      { type: 'location', payload: { coordinates: { latitude: place.latitude, longitude: place.longitude } } },
    ],
  });

/** A member of staff answered in a tool of Zalo. */
export const oaSendText = (thread: ZaloThread, at: Date, id: string, text: string, adminId?: string): ZaloEvent =>
  fromOa('oa_send_text', thread, at, { msg_id: id, text }, adminId === undefined ? {} : { admin_id: adminId });

/** A message of the official account reached the person. */
export const oaReceived = (thread: ZaloThread, at: Date, id: string): ZaloEvent =>
  fromOa('user_received_message', thread, at, { msg_id: id });

/** The person has seen these messages of the official account. */
export const userSeenMessage = (thread: ZaloThread, at: Date, ids: readonly string[]): ZaloEvent =>
  fromOa('user_seen_message', thread, at, { msg_ids: ids });

/** The person reacted; `icon` is Zalo's text code, for example `/-heart`. */
export const userReactedMessage = (thread: ZaloThread, at: Date, id: string, icon: string): ZaloEvent =>
  fromUser('user_reacted_message', thread, at, { msg_id: id, react_icon: icon });

/** The person began to follow the official account. */
export const follow = (thread: ZaloThread, at: Date): ZaloEvent => ({
  event_name: 'follow',
  oa_id: thread.oaId,
  user_id_by_app: thread.userIdByApp,
  follower: { id: thread.userId },
  source: 'oa_profile',
  timestamp: stamp(at),
});

/** What a person fills in after a request for contact data; the number has no plus sign. */
export interface ZaloInfo {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
  readonly ward: string;
  readonly city: string;
}

/** The person shared contact data. */
export const userSubmitInfo = (thread: ZaloThread, at: Date, info: ZaloInfo): ZaloEvent => ({
  user_id_by_app: thread.userIdByApp,
  event_name: 'user_submit_info',
  timestamp: stamp(at),
  sender: { id: thread.userId },
  recipient: { id: thread.oaId },
  info: { ...info, district: '' },
});

/** An event of a kind that a receiver may not know yet. */
export const zaloEventNamed = (name: string, thread: ZaloThread, at: Date, id: string): ZaloEvent =>
  fromUser(name, thread, at, { msg_id: id });
