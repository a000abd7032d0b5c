import { scanAddresses } from './find-addresses.js';
import { scanPhones } from './find-phones.js';

/** A number or an address that somebody wrote. */
export interface FoundContact {
  readonly kind: 'phone' | 'email';
  /** E.164, or a normalised address. */
  readonly value: string;
}

/** Longer text is read up to here, in UTF-16 units. */
export const MAX_SCANNED_CHARS = 65_536;
/** A list of numbers is not what somebody says of himself. */
export const MAX_CONTACTS = 10;

/** Addresses of pages hold digits and at signs that are nobody's. */
const LINK = /(?<![\p{L}\p{N}@.-])(?:https?:\/\/|www\.)\S+/giu;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+/g;

/** Digits and at signs, with all that {@link prepare} makes such; most messages hold none. */
const HOLDS_ANY = /[0-9@\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u2468\u24ea\uff10-\uff20\ufe6b\ud833\ud835\ud83e]/;
/** A number has no fewer digits. */
const MAYBE_PHONE = /\d(?:[ \u00a0.\-–()]{0,3}\d){7}/;

/** One form for wide digits and the like, without what cannot be seen; links give way to blanks. */
const prepare = (text: string): string =>
  text.slice(0, MAX_SCANNED_CHARS).toWellFormed().normalize('NFKC').replace(INVISIBLE, '').replace(LINK, ' ');

/**
 * Telephone numbers and mail addresses in free text, in the order in which they stand, each once, at most
 * {@link MAX_CONTACTS}. It never throws, and its time is linear in the length of the text.
 *
 * @see {@link scanPhones} for what counts as a number
 */
export function findContacts(text: string): readonly FoundContact[] {
  if (!HOLDS_ANY.test(text)) return [];
  const prepared = prepare(text);
  const phones = MAYBE_PHONE.test(prepared) ? scanPhones(prepared, MAX_CONTACTS).phones : [];
  const found = [
    ...phones.map((phone) => ({ ...phone, kind: 'phone' as const })),
    ...scanAddresses(prepared, MAX_CONTACTS).addresses.map((address) => ({ ...address, kind: 'email' as const })),
  ].sort((a, b) => a.index - b.index);
  const contacts = new Map(found.map(({ kind, value }) => [`${kind} ${value}`, { kind, value }]));
  return [...contacts.values()].slice(0, MAX_CONTACTS);
}
