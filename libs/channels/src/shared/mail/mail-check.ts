import { readAuthenticationResults, type MailVerdict } from './authentication-results.js';
import { isAligned, toALabel } from './domain-alignment.js';

/** What became of one signature of a mail, when it was checked against the published key. */
export interface CheckedSignature {
  /** Who signed (`d=`). */
  readonly domain: string;
  /** As in `Authentication-Results`: `pass`, `fail`, `neutral`, `policy` (a weak key), `temperror`. */
  readonly result: string;
  /** `From` is among the fields that it signs. */
  readonly coversFrom: boolean;
  /** It signs the body to its end: there is no `l=`, or nothing follows what it counts. */
  readonly coversBody: boolean;
}

/** The newest seal of a chain of forwarders that holds from its first link to its last (RFC 8617). */
export interface CheckedSeal extends Pick<CheckedSignature, 'coversFrom' | 'coversBody'> {
  /** Who sealed (`d=`). */
  readonly sealer: string;
  /** What the sealer found when the mail came to it: its `ARC-Authentication-Results`, unfolded. */
  readonly results: string;
}

/** What we found out about a mail from its own bytes and what domains publish. Facts only; what follows from them is decided apart. */
export interface MailCheck {
  /** Domain of the one author as the checker reads the mail; when the parser reads another, the mail deceives one of them. */
  readonly fromDomain: string;
  /** Top to bottom; empty for a mail that nobody signed. */
  readonly signatures: readonly CheckedSignature[];
  readonly seal?: CheckedSeal;
  /** What the domain of `From` demands of mail in its name (`p=`); absent: it demands nothing, or that is unknown. */
  readonly policy?: string;
}

/** Whom the check is to be held against. */
export interface CheckedAuthor {
  /** Domain of the one author, normalised. */
  readonly fromDomain: string;
  /** Domains that SPF passed for, when a trusted border says so. */
  readonly spfDomain?: string | undefined;
  /** Forwarders whose seals are believed, in lower case. */
  readonly trustedSealers: readonly string[];
}

const holds = ({ coversFrom, coversBody }: Pick<CheckedSignature, 'coversFrom' | 'coversBody'>): boolean =>
  coversFrom && coversBody;

/** The part of a domain's demands that makes a mail without proof a suspect one. */
const STRICT: ReadonlySet<string> = new Set(['quarantine', 'reject']);

/** A forwarder that is trusted says that DMARC passed for this author when the mail came to it. */
function isVouchedFor(seal: CheckedSeal | undefined, { fromDomain, trustedSealers }: CheckedAuthor): boolean {
  if (seal === undefined || !holds(seal) || !trustedSealers.includes(seal.sealer.toLowerCase())) return false;
  const { results } = readAuthenticationResults(seal.results.replace(/^\s*i\s*=\s*\d+\s*;/i, ''));
  const dmarc = results.filter(({ method }) => method === 'dmarc');
  // Without a domain it is not said for whom it passed; with two it is not said which counts.
  return dmarc.length === 1 && dmarc[0]!.result === 'pass' && dmarc[0]!.properties['header.from'] === fromDomain;
}

/**
 * What follows from our own check of a mail.
 *
 * - A signature of the author's organisation that holds, over the whole body and `From`: the domain let the mail out.
 * - A signature of anybody else says who passed it on, and nothing of the author.
 * - A trusted forwarder vouches for what it found itself.
 * - `dmarc` is `fail` when the author's domain wants mail without proof put aside, and there is no proof of any kind. SPF is
 *   counted when a trusted border tells of it: whence the mail came cannot be known later. What could not be asked decides nothing.
 *
 * @see RFC 6376; RFC 7489 section 6.6.2; RFC 8617
 */
export function checkedVerdict(check: MailCheck, author: CheckedAuthor): MailVerdict {
  const { signatures, seal, policy } = check;
  const isSame = toALabel(check.fromDomain) === author.fromDomain;
  const passed = signatures.filter(({ result }) => result === 'pass');
  const signed =
    isSame && passed.some((signature) => holds(signature) && isAligned(signature.domain, author.fromDomain));
  const vouched = isSame && isVouchedFor(seal, author);
  const sent = author.spfDomain !== undefined && isAligned(author.spfDomain, author.fromDomain);
  const isUnsure = signatures.some(({ result }) => result === 'temperror');
  const dmarc =
    policy === undefined
      ? undefined
      : signed || sent
        ? 'pass'
        : STRICT.has(policy) && !vouched && !isUnsure
          ? 'fail'
          : undefined;
  return {
    dkim: passed.length > 0 ? 'pass' : (signatures[0]?.result ?? 'none'),
    ...(dmarc === undefined ? {} : { dmarc }),
    aligned: signed || vouched,
  };
}
