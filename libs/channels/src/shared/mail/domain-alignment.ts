import { domainToASCII } from 'node:url';
import { getDomain } from 'tldts';

/** Suffixes that companies let others register under count too: what is beside us on a host of sites is not ours. */
const SUFFIXES = { allowPrivateDomains: true };

/** A domain as A-label in lower case; as it stands when it is none. */
export const toALabel = (domain: string): string => {
  const lower = domain.toLowerCase().replace(/\.$/, '');
  return domainToASCII(lower) || lower;
};

/**
 * The part of a domain that somebody registered: one label below a public suffix (`com.vn`, `edu.vn`, `gov.vn` are such). A name
 * that is itself a suffix stands for itself.
 *
 * @param domain A-label in lower case
 * @see publicsuffix.org, as packed into tldts
 */
export const organisationalDomain = (domain: string): string => getDomain(domain, SUFFIXES) ?? domain;

/**
 * Whether two domains belong to one organisation: relaxed alignment.
 *
 * @see RFC 7489 section 3.1
 */
export function isAligned(one: string, other: string): boolean {
  if (!one.includes('.') || !other.includes('.')) return false;
  return organisationalDomain(toALabel(one)) === organisationalDomain(toALabel(other));
}
