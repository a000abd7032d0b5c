import type { Authenticity, Claim, IdentityKind } from '@app/contracts';
import type { CountryCode } from 'libphonenumber-js/max';
import { claimOf } from './claims/claim-sources.js';
import { normalisePhone } from './phone.js';

/** The identity that a telephone network names. */
export interface PhoneIdentity {
  readonly kind: Extract<IdentityKind, 'phone' | 'sender_label'>;
  /** Empty for a number; our account for a label, because a brandname means nothing elsewhere. */
  readonly scope: string;
  readonly value: string;
  readonly authenticity: Authenticity;
  /** The number as written, when it is not the one that the identity stands for. */
  readonly claims: readonly Claim[];
}

/** Options of {@link phoneIdentity}. */
export interface PhoneIdentityOptions {
  /** Our account, which scopes labels. */
  readonly accountId: string;
  /** How far a number proves its sender: `A2` from a carrier that we authenticated. */
  readonly authenticity: Authenticity;
  readonly defaultCountry?: CountryCode;
}

/**
 * Makes the identity of a telephone sender. Only a number that can be dialled identifies; short codes, brandnames,
 * service lines and hidden or impossible numbers become a `sender_label`, which identifies nobody.
 *
 * An 11-digit number of before 2018 cannot send any more: it counts as the present number, but only weakly (`A1`), and
 * the old form stays as a claim of level 2 (a variant of the numbering plan), so that a wrong reading can be undone.
 *
 * @see identity design, sections 3.2 and 3.4
 */
export function phoneIdentity(text: string, options: PhoneIdentityOptions): PhoneIdentity {
  const name = normalisePhone(text, options.defaultCountry);
  if (name.kind === 'label') {
    return { kind: 'sender_label', scope: options.accountId, value: name.label, authenticity: 'A0', claims: [] };
  }
  const { e164, migrated } = name;
  if (!migrated) return { kind: 'phone', scope: '', value: e164, authenticity: options.authenticity, claims: [] };
  const claim = claimOf('phone', text.trim().slice(0, 64), 'numbering_plan_2018');
  return {
    kind: 'phone',
    scope: '',
    value: e164,
    authenticity: options.authenticity === 'A2' ? 'A1' : options.authenticity,
    claims: [claim],
  };
}
