import type { Claim, IdentityKind, MessageReceived } from '@app/contracts';
import type { CountryCode } from 'libphonenumber-js/max';
import { isBlockedValue } from '../blocked-values.js';
import { normaliseMailAddress } from '../mail-address.js';
import { toE164 } from '../phone.js';
import { isClaimSource, trustOfSource, type ClaimSourceName } from './claim-sources.js';
import { findContacts, MAX_CONTACTS } from './find-contacts.js';
import { ownWords } from './own-words.js';

/** What a message says about its sender besides its identity, in canonical form and weighed. */
export interface AssessedClaim {
  readonly kind: IdentityKind;
  /** Empty for numbers and addresses. */
  readonly scope: string;
  /** E.164, a normalised address, or an id within its scope. */
  readonly value: string;
  /** The source, a name of the table of sources unless a newer connector found another. */
  readonly rule: string;
  /** 0 to 4 (identity design, section 3.2); 3 and above joins people. */
  readonly trust: number;
}

/** Options of {@link assessClaims}. */
export interface AssessmentOptions {
  /** Our own numbers, addresses and pages, by {@link nameKey}: nobody is one of them. */
  readonly ownValues: ReadonlySet<string>;
  /** Country whose national forms are meant; Viet Nam unless told. */
  readonly defaultCountry?: CountryCode;
}

/** Claims, or why the whole record is not to be believed. */
export type Assessment =
  { readonly ok: true; readonly claims: readonly AssessedClaim[] } | { readonly ok: false; readonly detail: string };

/** What a claim names. */
type Name = Pick<AssessedClaim, 'kind' | 'scope' | 'value'>;

/** One key for kind, scope and value. */
export const nameKey = (kind: string, scope: string, value: string): string => `${kind}\u0000${scope}\u0000${value}`;

const AGENT_LEVEL = 5;
/** A claim from an unproven sender stays below what proves anything. */
const MOST_BY_AUTHENTICITY = { A2: 4, A1: 1, A0: 0 } as const;

/** Kinds that `kind:scope:value` of an `external_id` may name: those that stand for one person. */
const SCOPED = new Set<string>([
  'messenger_psid',
  'facebook_user',
  'instagram_user',
  'whatsapp_user',
  'viber_user',
  'line_user',
  'zalo_user',
  'zalo_app_user',
  'livechat_visitor',
  'external',
] satisfies IdentityKind[]);
const MAX_SCOPE_CHARS = 256;
const MAX_ID_CHARS = 2048;

function scopedName(text: string): Name | undefined {
  const [, kind = '', scope = '', value = ''] = /^([a-z_]{1,32}):([^:]+):(.+)$/s.exec(text) ?? [];
  if (!SCOPED.has(kind) || scope.length > MAX_SCOPE_CHARS || value.length > MAX_ID_CHARS) return undefined;
  return isStorable(scope) && isStorable(value) ? { kind: kind as IdentityKind, scope, value } : undefined;
}

const isStorable = (text: string): boolean => text.isWellFormed() && text.trim() === text && !/\p{Cc}/u.test(text);

/** @returns undefined when it is no value of its kind */
function canonicalName({ kind, value }: Pick<Claim, 'kind' | 'value'>, country?: CountryCode): Name | undefined {
  if (kind === 'external_id') return scopedName(value);
  const canonical =
    kind === 'phone' ? toE164(value, country) : kind === 'email' ? normaliseMailAddress(value) : undefined;
  return canonical === undefined ? undefined : { kind: kind as 'phone' | 'email', scope: '', value: canonical };
}

/** A claim in canonical form, before it is weighed. */
interface Finding extends Name {
  readonly rule: string;
  readonly level: number;
}

const finding = (name: Name | undefined, rule: string, level: number): Finding[] =>
  name === undefined ? [] : [{ kind: name.kind, scope: name.scope, value: name.value, rule, level }];

/** Kinds of content whose text is the person's own; the others are cards, forms, buttons of ours and events. */
const OWN_WORDS = new Set(['text', 'html', 'image', 'audio', 'video', 'file']);

const inText = (text: string, sourceOf: (kind: 'phone' | 'email') => ClaimSourceName): Finding[] =>
  findContacts(text).flatMap(({ kind, value }) => {
    const rule = sourceOf(kind);
    return finding({ kind, scope: '', value }, rule, trustOfSource(rule));
  });

function foundInText({ content, mail }: MessageReceived): Finding[] {
  if (content.text === undefined || !OWN_WORDS.has(content.type)) return [];
  const typed = (kind: 'phone' | 'email'): ClaimSourceName => `text.${kind}`;
  if (mail === undefined) return inText(content.text, typed);
  const { message, signature } = ownWords(content.text);
  return [...inText(message, typed), ...inText(signature, () => 'mail.signature')].slice(0, MAX_CONTACTS);
}

const toldByConnector = ({ claims = [] }: MessageReceived, country?: CountryCode): Finding[] =>
  claims.flatMap((claim) => finding(canonicalName(claim, country), claim.source, claim.level));

function foundInHeader(address: string | undefined, rule: ClaimSourceName): Finding[] {
  const name = address === undefined ? undefined : canonicalName({ kind: 'email', value: address });
  return finding(name, rule, trustOfSource(rule));
}

/** Everything that a message claims: what its connector found, then what its header and its words say. */
function findingsOf(data: MessageReceived, country?: CountryCode): readonly Finding[] {
  const { identity, mail } = data;
  const told = toldByConnector(data, country);
  // The twin of an address that nothing proves claims to be the real one.
  if (identity.kind === 'email_unverified') told.push(...foundInHeader(identity.value, 'mail.from_unverified'));
  // A machine writes of its company, not of itself.
  if (mail?.auto_submitted !== undefined) return told;
  return [...told, ...foundInHeader(mail?.reply_to[0], 'mail.reply_to'), ...foundInText(data)];
}

/** @returns the source of a claim that no connector may make */
function forbiddenSource({ claims = [] }: MessageReceived): string | undefined {
  return claims.find(
    ({ level, source }) => level >= AGENT_LEVEL || (isClaimSource(source) && level > trustOfSource(source)),
  )?.source;
}

/** Our mailbox with any plus tag is our mailbox. */
function isOurs({ kind, scope, value }: Name, ownValues: ReadonlySet<string>): boolean {
  if (ownValues.has(nameKey(kind, scope, value))) return true;
  return kind === 'email' && ownValues.has(nameKey(kind, scope, value.replace(/\+[^@]*(?=@)/, '')));
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareClaims = (a: AssessedClaim, b: AssessedClaim): number =>
  byText(a.kind, b.kind) ||
  byText(a.scope, b.scope) ||
  byText(a.value, b.value) ||
  b.trust - a.trust ||
  byText(a.rule, b.rule);

/** Sources that only repeat what another one of the same message says: two words of one mouth are one. */
const ECHOES = new Set<string>([
  'text.phone',
  'text.email',
  'mail.signature',
  'mail.reply_to',
] satisfies ClaimSourceName[]);

function withoutEchoes(claims: readonly AssessedClaim[]): readonly AssessedClaim[] {
  const said = new Set<string>();
  const nameOf = ({ kind, scope, value }: AssessedClaim): string => nameKey(kind, scope, value);
  for (const claim of claims) if (!ECHOES.has(claim.rule)) said.add(nameOf(claim));
  return claims.filter((claim) => {
    if (!ECHOES.has(claim.rule)) return true;
    if (said.has(nameOf(claim))) return false;
    said.add(nameOf(claim));
    return true;
  });
}

/**
 * Weighs what an event says about its sender. Pure, deterministic, and it throws for no event.
 *
 * - A level is the lower of what the connector stated and what the table grants its source; a connector that states
 *   more than the table grants, or an agent's level, is broken or forged, and its record is refused. A source that the
 *   table does not know counts nothing (0).
 * - An unproven sender (A1) claims at most 1, a nameless one (A0) 0. Only `inbound` claims; what the business writes
 *   says nothing about the customer.
 * - Left out: what is no value of its kind, what cannot identify anybody, what is ours, and the sender's own identity.
 * - A value that a message states in several ways counts once for each rule; plain text only when nothing else says it.
 *
 * @returns claims by kind, scope and value, the strongest first
 * @see identity design, section 3.2
 */
export function assessClaims(data: MessageReceived, options: AssessmentOptions): Assessment {
  const forbidden = forbiddenSource(data);
  if (forbidden !== undefined) {
    return { ok: false, detail: `claim_level_forbidden: ${forbidden.slice(0, 64).toWellFormed()}` };
  }
  if (data.direction !== 'inbound') return { ok: true, claims: [] };
  const { identity } = data;
  const findings = findingsOf(data, options.defaultCountry);
  if (findings.length === 0) return { ok: true, claims: [] };
  const most = MOST_BY_AUTHENTICITY[identity.authenticity];
  const self = nameKey(identity.kind, identity.scope, identity.value);
  const strongest = new Map<string, AssessedClaim>();
  for (const { kind, scope, value, rule, level } of findings) {
    const name = nameKey(kind, scope, value);
    if (name === self || isBlockedValue(kind, value) || isOurs({ kind, scope, value }, options.ownValues)) continue;
    const trust = Math.min(level, trustOfSource(rule), most);
    const key = `${name}\u0000${rule}`;
    if ((strongest.get(key)?.trust ?? -1) < trust) strongest.set(key, { kind, scope, value, rule, trust });
  }
  return { ok: true, claims: withoutEchoes([...strongest.values()].sort(compareClaims)) };
}
