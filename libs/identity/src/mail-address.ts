import { domainToASCII } from 'node:url';

const MAX_ADDRESS_CHARS = 320;
/** No blanks, control characters, brackets or a second `@`; quoted local parts are practically extinct. */
const SHAPE = /^([^\s\p{Cc}<>"(),;@]{1,200})@([^\s\p{Cc}<>"(),;@]{1,253})$/u;

/** A name is left alone when it is ASCII: the URL rules would read `1.2.3` as an IPv4 address. */
function toDomain(text: string): string | undefined {
  const domain = text.replace(/\.$/, '');
  // eslint-disable-next-line no-control-regex
  const ascii = /^[\u0000-\u007f]+$/.test(domain) ? domain : domainToASCII(domain);
  return /^(\[[0-9a-z.:]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)$/.test(ascii) && !ascii.includes('..')
    ? ascii
    : undefined;
}

/**
 * Canonical form of a mail address, the key under which people are matched: NFC, lower case, domain as A-label
 * (`công-ty.example` becomes `xn--cng-ty-ixa.example`). Dots and plus tags stay: only their own provider knows what they mean.
 *
 * @returns undefined when the text is no address
 */
export function normaliseMailAddress(text: string): string | undefined {
  if (text.length > 2 * MAX_ADDRESS_CHARS) return undefined;
  const match = SHAPE.exec(text.toWellFormed().normalize('NFC').trim().toLowerCase());
  if (match === null || match[1]!.includes('\uFFFD')) return undefined;
  const domain = toDomain(match[2]!);
  const address = domain === undefined ? undefined : `${match[1]!}@${domain}`;
  return address !== undefined && address.length <= MAX_ADDRESS_CHARS ? address : undefined;
}
