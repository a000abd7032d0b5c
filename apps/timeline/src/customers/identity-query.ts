import { IDENTITY_KINDS, type IdentityKind } from '@app/contracts';
import { normaliseMailAddress, toE164 } from '@app/identity';

/** An identity in canonical form. */
export interface IdentityName {
  readonly kind: IdentityKind;
  /** Empty for kinds that hold everywhere. */
  readonly scope: string;
  readonly value: string;
}

/** Why a text names no identity. */
export interface IdentityFault {
  readonly fault: 'unknown_kind' | 'phone_invalid' | 'email_invalid' | 'scope_missing' | 'value_missing';
}

const GLOBAL: ReadonlySet<string> = new Set(['phone', 'email', 'email_unverified']);

function globalValue(kind: string, rest: string): string | IdentityFault {
  if (kind === 'phone') return toE164(rest) ?? { fault: 'phone_invalid' };
  return normaliseMailAddress(rest) ?? { fault: 'email_invalid' };
}

/**
 * Reads `kind:value` or `kind:scope:value`, for example `phone:0912 345 678` (identity design, decision 8).
 */
export function parseIdentityQuery(text: string): IdentityName | IdentityFault {
  const [, kind = '', rest = ''] = /^([a-z_]+):(.*)$/s.exec(text.trim()) ?? [];
  const known = IDENTITY_KINDS.find((name) => name === kind);
  if (known === undefined) return { fault: 'unknown_kind' };
  if (rest.trim() === '') return { fault: 'value_missing' };
  if (GLOBAL.has(known)) {
    // In a query string a plus sign stands for a blank; `phone: 84…` means `phone:+84…`.
    const value = globalValue(known, known === 'phone' ? rest.replace(/^ (?=\d)/, '+') : rest);
    return typeof value === 'string' ? { kind: known, scope: '', value } : value;
  }
  const colon = rest.indexOf(':');
  if (colon < 1) return { fault: 'scope_missing' };
  const value = rest.slice(colon + 1);
  return value === '' ? { fault: 'value_missing' } : { kind: known, scope: rest.slice(0, colon), value };
}
