import { identityKey, normaliseMailAddress, toE164 } from '@app/identity';
import { cleanText, foldText } from '@app/kernel';
import type { CustomerSearch } from '@app/persistence';
import { parseReference } from './reference.js';

const DIGITS = /^[+(\d][\d\s().-]{2,}$/;

/** Digits of a number as they stand within its E.164 form: without separators and without the national zero. */
function digitsWithin(text: string): string | undefined {
  if (!DIGITS.test(text)) return undefined;
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length >= 3 ? digits : undefined;
}

/**
 * Reads what somebody typed into the search field: a name, a user name, a reference, a phone number or an address.
 *
 * @param hmacKey from `deriveKey(secret, 'identity-key')`
 */
export function toCustomerSearch(input: string, hmacKey: Buffer): CustomerSearch {
  const { text } = cleanText(input, { nul: 'remove' });
  const folded = foldText(text);
  const digits = digitsWithin(text.trim());
  const phone = digits === undefined ? undefined : toE164(text);
  const address = normaliseMailAddress(text);
  const keys = [
    ...(phone === undefined ? [] : [identityKey(hmacKey, 'phone', '', phone)]),
    ...(address === undefined
      ? []
      : [identityKey(hmacKey, 'email', '', address), identityKey(hmacKey, 'email_unverified', '', address)]),
  ];
  const ref = parseReference(text);
  return {
    words: digits === undefined ? folded.split(' ').filter((word) => word !== '') : [digits],
    folded,
    ...(ref === undefined ? {} : { ref }),
    keys,
  };
}
