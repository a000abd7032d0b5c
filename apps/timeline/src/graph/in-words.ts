import { CLAIM_SOURCES, isClaimSource, type BlockReason } from '@app/identity';
import { maskedValue } from './masked-value.js';

const KINDS: Readonly<Record<string, string>> = {
  phone: 'phone number',
  email: 'mail address',
  email_unverified: 'unproven mail address',
  messenger_psid: 'Messenger account',
  facebook_user: 'Facebook account',
  instagram_user: 'Instagram account',
  whatsapp_user: 'WhatsApp account',
  telegram_user: 'Telegram account',
  viber_user: 'Viber account',
  line_user: 'LINE account',
  youtube_channel: 'YouTube channel',
  zalo_user: 'Zalo account',
  zalo_app_user: 'Zalo app account',
  livechat_visitor: 'chat visitor',
  external: 'id of another system',
};
const LEVELS: Readonly<Record<number, string>> = {
  2: 'Corroborated',
  3: 'Possession proven',
  4: 'Bound by the provider',
  5: 'An agent’s word',
};
/** Where somebody said something about themselves without proof. */
const PLACES: Readonly<Record<string, string>> = {
  'text.phone': 'in a message',
  'text.email': 'in a message',
  'mail.signature': 'in a mail signature',
  'mail.from_unverified': 'as the sender of a mail that does not prove it',
  'mail.reply_to': 'as the reply address of a mail',
  numbering_plan_2018: 'by the numbering plan of 2018',
  'zalo.user_submit_info': 'in a Zalo form',
  'zalo.user_external_id': 'by our own page in Zalo',
  'zalo.business_card': 'on a Zalo business card',
  'messenger.quick_reply': 'by a tap in Messenger',
  'messenger.prior_message': 'by our own page in Messenger',
  'livechat.prechat': 'in the form before a chat',
  order_feed: 'in an order',
};
/** What each guard says, as the second half of a sentence. */
export const GUARDS: Readonly<Record<BlockReason, string>> = {
  shared: 'several people use one of the two',
  parted: 'somebody parted this pair, and only an agent’s word joins it again',
  forbidden: 'somebody said that they are never one person',
  cardinality: 'together they would have more accounts or numbers of one kind than one person has',
  rate: 'more was joined to one of them within an hour than happens to one person',
  size: 'together they would have more identities than one person has',
};

export const kindInWords = (kind: string): string => KINDS[kind] ?? kind;

/** Evidence that joins, or would. @param actor the agent behind it; null: it came with messages */
export function evidenceInWords(rule: string, trust: number, actor: string | null): string {
  if (rule.startsWith('agent.')) return `${actor ?? 'An agent'} said that they are one person.`;
  const says = isClaimSource(rule) ? CLAIM_SOURCES[rule].says : `By the rule ${rule}.`;
  return `${LEVELS[trust] ?? `Level ${trust}`}: ${says.charAt(0).toLowerCase()}${says.slice(1)}`;
}

/** Something that somebody says of themselves; the value stays recognisable only. */
export function claimInWords({ rule, kind, value }: { rule: string; kind: string; value: string }): string {
  return `the ${kindInWords(kind)} ${maskedValue(kind, value)} ${PLACES[rule] ?? `(${rule})`}`;
}

/** ` by Lan: she told us` from what is known of it. */
export function byWhom(actor: string | null, reason: string | null): string {
  const who = actor === null ? '' : ` by ${actor}`;
  return reason === null || reason === '' ? `${who}.` : `${who}: ${reason.replace(/[.\s]+$/u, '')}.`;
}
