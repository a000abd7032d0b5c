import { normaliseMailAddress } from '../mail-address.js';

/** A mail address found in text. */
export interface FoundAddress {
  /** Normalised. */
  readonly value: string;
  /** Where it begins, in UTF-16 units. */
  readonly index: number;
}

/** What a scan found, and what it took. */
export interface AddressScan {
  readonly addresses: readonly FoundAddress[];
  /** Characters looked at. */
  readonly steps: number;
}

const MAX_LOCAL_CHARS = 64;
const MAX_DOMAIN_CHARS = 253;
const LOCAL = /[A-Za-z0-9._%+'-]/;
const DOMAIN = /[A-Za-z0-9.-]/;
const WORD = /[\p{L}\p{N}\p{M}@]/u;
const SHAPE = /^[A-Za-z0-9][A-Za-z0-9._%+'-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$/;

/** End of the characters of one class from `at` on, in steps of `step`, at most `max` of them. */
function extend(text: string, at: number, { step, max, of }: { step: 1 | -1; max: number; of: RegExp }): number {
  let length = 0;
  while (length < max && of.test(text[at + length * step] ?? '')) length++;
  return length;
}

/** The character that a surrogate pair may share, so that a mark or a letter of a rare script is seen whole. */
const characterBefore = (text: string, at: number): string =>
  Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
const characterAt = (text: string, at: number): string => Array.from(text.slice(at, at + 2))[0] ?? '';

function addressAround(text: string, at: number): { readonly address?: FoundAddress; readonly steps: number } {
  const local = extend(text, at - 1, { step: -1, max: MAX_LOCAL_CHARS + 1, of: LOCAL });
  const domain = extend(text, at + 1, { step: 1, max: MAX_DOMAIN_CHARS + 1, of: DOMAIN });
  const steps = local + domain + 1;
  const [from, to] = [at - local, at + 1 + domain];
  // A letter that is not of the alphabet, for example a Cyrillic а, makes it another address than it looks like.
  if (local === 0 || local > MAX_LOCAL_CHARS || domain > MAX_DOMAIN_CHARS) return { steps };
  if (WORD.test(characterBefore(text, from)) || WORD.test(characterAt(text, to))) return { steps };
  const written = text.slice(from, to);
  const trimmed = written.replace(/^[._%+'-]{1,64}/, '').replace(/[.-]{1,253}$/, '');
  const value = SHAPE.test(trimmed) ? normaliseMailAddress(trimmed) : undefined;
  return value === undefined ? { steps } : { address: { value, index: from }, steps };
}

/**
 * Mail addresses in free text: ASCII ones, standing free. Linear in the length of the text, since a character belongs
 * to at most two of the places looked at.
 *
 * @param limit stops after so many addresses
 */
export function scanAddresses(text: string, limit = 10): AddressScan {
  const addresses: FoundAddress[] = [];
  let steps = 0;
  for (let at = text.indexOf('@'); at >= 0 && addresses.length < limit; at = text.indexOf('@', at + 1)) {
    const found = addressAround(text, at);
    steps += found.steps;
    if (found.address !== undefined) addresses.push(found.address);
  }
  return { addresses, steps };
}
