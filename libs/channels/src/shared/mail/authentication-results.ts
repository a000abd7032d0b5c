import { isAligned } from './domain-alignment.js';
import { allFields, type HeaderField } from './header-fields.js';

/** One `method=result` of an `Authentication-Results` field, everything in lower case. */
export interface AuthenticationResult {
  readonly method: string;
  readonly result: string;
  /** By `ptype.property`, for example `header.from`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** What one `Authentication-Results` field says. */
export interface AuthenticationResults {
  /** Who says so, in lower case; undefined when the field names nobody (Microsoft 365). */
  readonly authservId: string | undefined;
  readonly results: readonly AuthenticationResult[];
}

/** Whose results are believed. */
export interface TrustedBorder {
  /** Ids of our own receiving servers, in lower case. */
  readonly authservIds: readonly string[];
  /** Results without an id count, as Microsoft 365 writes them; only in the topmost field. */
  readonly withoutId: boolean;
}

/** What is known of who let a mail out. */
export interface MailVerdict {
  readonly spf?: string;
  readonly dkim?: string;
  readonly dmarc?: string;
  /** The domain of `From` itself let the mail out. */
  readonly aligned: boolean;
}

/** What a trusted border found out about a mail. */
export interface BorderVerdict extends MailVerdict {
  /** Domain that SPF passed for; it is not by itself the one of `From`. */
  readonly spfDomain?: string;
}

/** A border writes at the top; what stands further down was written by others. */
const MAX_FIELDS = 20;
/** Real ones take one or two thousand. */
const MAX_FIELD_CHARS = 8_192;

/** Removes comments, which nest and do not begin within quotes, and cuts at semicolons outside quotes. */
function cutIntoStatements(value: string): readonly string[] {
  const statements = [''];
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i]!;
    if (char === '\\') {
      if (depth === 0) statements[statements.length - 1] += value[i + 1] ?? '';
      i++;
    } else if (char === '"' && depth === 0) quoted = !quoted;
    else if (char === '(' && !quoted) depth++;
    else if (char === ')' && !quoted && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (char === ';' && !quoted) statements.push('');
    else statements[statements.length - 1] += char;
  }
  return statements.map((statement) => statement.trim());
}

function readResult(statement: string): AuthenticationResult | undefined {
  // Runs of blanks are folded first: `\s*=` on a long run would take the square of its length.
  const [head = '', ...rest] = statement.toLowerCase().replace(/\s+/g, ' ').replace(/ ?= ?/g, '=').split(' ');
  const match = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/.exec(head);
  if (match === null) return undefined;
  const properties: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of rest) {
    const equals = pair.indexOf('=');
    if (equals > 0) properties[pair.slice(0, equals)] ??= pair.slice(equals + 1);
  }
  return { method: match[1]!, result: match[2]!, properties };
}

/**
 * Reads one `Authentication-Results` field.
 *
 * @param value unfolded
 * @see RFC 8601 section 2.2
 */
export function readAuthenticationResults(value: string): AuthenticationResults {
  const [first = '', ...rest] = cutIntoStatements(value.slice(0, MAX_FIELD_CHARS));
  const named = !first.includes('=');
  const results = (named ? rest : [first, ...rest]).map(readResult).filter((result) => result !== undefined);
  return { authservId: named ? first.split(/\s+/)[0]!.toLowerCase() || undefined : undefined, results };
}

const domainIn = (text: string | undefined): string => (text ?? '').slice((text ?? '').lastIndexOf('@') + 1);

/** The signing domain belongs to the organisation of `From`. */
function signedByDomain({ method, result, properties }: AuthenticationResult, fromDomain: string): boolean {
  const signer = domainIn(properties['header.d'] ?? properties['header.i']);
  return method === 'dkim' && result === 'pass' && isAligned(signer, fromDomain);
}

/**
 * Finds what our own border says about a mail. Anybody can write such fields into a mail, so only the topmost one with
 * a trusted id counts; the border must remove foreign ones that bear its name (RFC 8601 section 5).
 *
 * @param fromDomain domain of the one author, normalised; undefined when there is no such
 */
export function trustedVerdict(
  fields: readonly HeaderField[],
  border: TrustedBorder,
  fromDomain: string | undefined,
): BorderVerdict | undefined {
  const trusted = allFields(fields, 'authentication-results')
    .slice(0, MAX_FIELDS)
    .map(readAuthenticationResults)
    .find(({ authservId }, index) =>
      authservId === undefined ? border.withoutId && index === 0 : border.authservIds.includes(authservId),
    );
  if (trusted === undefined) return undefined;
  const resultOf = (name: string): string | undefined => {
    const results = trusted.results.filter(({ method }) => method === name).map(({ result }) => result);
    return results.includes('pass') ? 'pass' : results[0];
  };
  const dmarc = trusted.results.find(({ method }) => method === 'dmarc');
  const dmarcFrom = dmarc?.properties['header.from'];
  const passed = dmarc?.result === 'pass' && (dmarcFrom === undefined || domainIn(dmarcFrom) === fromDomain);
  const spf = trusted.results.find(({ method, result }) => method === 'spf' && result === 'pass');
  const spfDomain = domainIn(spf?.properties['smtp.mailfrom']);
  const signed = dmarc?.result !== 'fail' && trusted.results.some((result) => signedByDomain(result, fromDomain ?? ''));
  return {
    spf: resultOf('spf'),
    dkim: resultOf('dkim'),
    dmarc: dmarc?.result,
    ...(spfDomain === '' ? {} : { spfDomain }),
    aligned: fromDomain !== undefined && (passed || signed),
  };
}
