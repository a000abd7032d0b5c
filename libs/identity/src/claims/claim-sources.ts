import type { Claim } from '@app/contracts';

/** How far a source can be trusted at most, and why. */
export interface ClaimSource {
  /** Highest level that it can earn, 0 to 4. */
  readonly trust: number;
  /** One sentence. */
  readonly says: string;
}

const source = (trust: 0 | 1 | 2 | 3 | 4, says: string): ClaimSource => ({ trust, says });

/**
 * Every place where a claim is found, with the highest level that it can earn (identity design, section 3.2). Level 5 is
 * an agent's word and comes on no wire, so it is not here. A connector takes its level from here and from nowhere else.
 */
export const CLAIM_SOURCES = {
  'text.phone': source(1, 'A number that somebody types can be anybody’s.'),
  'text.email': source(1, 'An address that somebody types can be anybody’s.'),
  'mail.signature': source(1, 'A signature is text like any other.'),
  'mail.from_unverified': source(1, 'Anybody can write any address into From.'),
  'mail.reply_to': source(1, 'Anybody can write any address into Reply-To.'),
  numbering_plan_2018: source(2, 'The plan of 2018 says which number the old one became, not whose it is today.'),
  'zalo.user_id_by_app': source(4, 'One signed body holds the ids of the official account and of the app.'),
  'zalo.user_submit_info': source(1, 'The person fills in the form, and Zalo is not known to check the number.'),
  'zalo.user_external_id': source(1, 'Our own page hands the id to the widget, unsigned.'),
  'zalo.business_card': source(0, 'The card may be somebody else’s.'),
  'messenger.quick_reply': source(1, 'A shared number looks like any tapped chip; Meta vouches for nothing.'),
  'messenger.prior_message': source(1, 'Our own page hands the reference to the plugin, unsigned.'),
  'whatsapp.user_id': source(4, 'One signed body holds the number and the id of the business for this person.'),
  'whatsapp.user_id_update': source(4, 'One signed body holds the id of before and the one of now.'),
  'whatsapp.shared_number': source(4, 'WhatsApp itself hands over the number of the chat, because the person agreed.'),
  'whatsapp.changed_number': source(
    2,
    'WhatsApp says that the person took another number, not who has the old one now.',
  ),
  'whatsapp.contact_card': source(0, 'The card may be somebody else’s.'),
  'viber.contact_card': source(0, 'The card may be somebody else’s.'),
  'telegram.own_contact': source(4, 'Telegram itself hands over the number of the account that writes.'),
  'telegram.contact_card': source(0, 'The card may be somebody else’s.'),
  'meta.page_scoped_id': source(
    2,
    'Comments and chats of a page should name a person alike; each page is to be checked once.',
  ),
  'comment.private_reply': source(4, 'One authenticated answer names the comment and its author’s id in the chat.'),
  'livechat.signed_contact': source(4, 'The site’s own server signed the contact for this visitor.'),
  'livechat.prechat': source(1, 'A visitor fills in the form before the chat; nobody checks it.'),
  'webform.fields': source(1, 'A visitor of a web site fills in the form; nobody checks it.'),
  order_feed: source(2, 'The shop’s orders and the message agree on number and order.'),
  'crm.import': source(4, 'The system of record states both, in a signed import.'),
} as const satisfies Readonly<Record<string, ClaimSource>>;

/** Name of a source. */
export type ClaimSourceName = keyof typeof CLAIM_SOURCES;

/** Highest level of a source; 0 for one that is not known here, for example of a newer connector. */
export function trustOfSource(name: string): number {
  return isClaimSource(name) ? CLAIM_SOURCES[name].trust : 0;
}

/** Whether a source is in the table. */
export const isClaimSource = (name: string): name is ClaimSourceName => Object.hasOwn(CLAIM_SOURCES, name);

/**
 * Sources that bind a number to the one account that has it now: another account of the same kind with the same number,
 * seen later, means that the number has another owner (identity design, section 3.4).
 */
export const EXCLUSIVE_SOURCES: readonly ClaimSourceName[] = ['whatsapp.user_id', 'whatsapp.shared_number'];

/** What a claim can be of; an `external_id` is written `kind:scope:value`, in a kind of identity. */
export type ClaimKind = 'phone' | 'email' | 'external_id';

/** A claim with the level of its source. */
export function claimOf(kind: ClaimKind, value: string, name: ClaimSourceName): Claim {
  return { kind, value, level: CLAIM_SOURCES[name].trust, source: name };
}
