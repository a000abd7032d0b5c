import { normaliseMailAddress } from './mail-address.js';
import { normalisePhone } from './phone.js';

/** A number or an address in canonical form. */
export interface ContactName {
  readonly kind: 'phone' | 'email';
  readonly value: string;
}

/** Reads a telephone number or a mail address as a person would write it. @returns undefined for anything else */
export function identityOfContact(text: string): ContactName | undefined {
  if (text.includes('@')) {
    const address = normaliseMailAddress(text);
    return address === undefined ? undefined : { kind: 'email', value: address };
  }
  const phone = normalisePhone(text);
  return phone.kind === 'number' ? { kind: 'phone', value: phone.e164 } : undefined;
}
