/** How an event is read. */
export type ZaloEventKind = 'message' | 'echo' | 'delivered' | 'seen' | 'reaction' | 'form' | 'system';

const named = (prefix: string, kind: ZaloEventKind, ...suffixes: readonly string[]): [string, ZaloEventKind][] =>
  suffixes.map((suffix) => [`${prefix}${suffix}`, kind]);

const USER = ['text', 'image', 'gif', 'link', 'audio', 'video', 'sticker', 'location', 'business_card', 'file'];
const ANONYMOUS = ['text', 'image', 'file', 'sticker'];

/**
 * Events by name. Every other authentic event is kept as unsupported, because Zalo's list grows.
 *
 * @see docs/channels/zalo.md, "Events"
 */
export const EVENTS: ReadonlyMap<string, ZaloEventKind> = new Map([
  ...named('user_send_', 'message', ...USER),
  ...named('user_send_group_', 'message', ...USER),
  ...named('anonymous_send_', 'message', ...ANONYMOUS),
  ...named('oa_send_', 'echo', 'text', 'image', 'gif', 'list', 'file', 'sticker', 'template'),
  ...named('oa_send_anonymous_', 'echo', ...ANONYMOUS),
  ['user_received_message', 'delivered'],
  ['user_seen_message', 'seen'],
  ['user_reacted_message', 'reaction'],
  ['oa_reacted_message', 'reaction'],
  ['user_submit_info', 'form'],
  ['follow', 'system'],
  ['unfollow', 'system'],
  ['user_click_chatnow', 'system'], // once for each person: they opened the chat
  ['user_withdraw', 'system'], // they took back their consent
  ['widget_interaction_accepted', 'system'],
]);

/** `react_icon` as a character; the list is open, so the provider's name is always kept beside it. */
export const REACTION_EMOJI: Readonly<Record<string, string>> = {
  '/-heart': '❤️',
  '/-strong': '👍',
  ':>': '😆',
  ':o': '😮',
  ':-((': '😭',
  ':-h': '😡',
};
