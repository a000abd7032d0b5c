import { foldText } from '@app/kernel';
import { isBlockedValue } from '../blocked-values.js';
import { normaliseMailAddress } from '../mail-address.js';
import { normalisePhone } from '../phone.js';
import { readName, type PersonName } from './vietnamese-name.js';

/** What is known of a customer that may tell who it is; every list may be empty. */
export interface CustomerRecord {
  readonly id: string;
  /** Display names, as written. */
  readonly names: readonly string[];
  /** E.164 or as written; a national number is taken for Vietnamese. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** Postal addresses, as written, one string each. */
  readonly addresses: readonly string[];
  readonly orderNumbers: readonly string[];
  /** Kind and scope of each account that belongs to one person, for example `messenger_psid fb-shop`. */
  readonly accountScopes: readonly string[];
}

/** A mail address in two parts. */
export interface MailParts {
  readonly local: string;
  readonly domain: string;
}

/** A postal address as a bag of words. */
export interface PostalWords {
  readonly words: ReadonlySet<string>;
  /** The first word with a digit, which is the house number; empty when there is none. */
  readonly number: string;
}

/** A customer made ready for many comparisons. */
export interface PreparedCustomer {
  readonly id: string;
  readonly names: readonly PersonName[];
  /** Digits with the country code, without `+`. */
  readonly phones: readonly string[];
  readonly emails: readonly MailParts[];
  readonly addresses: readonly PostalWords[];
  readonly orderNumbers: readonly string[];
  readonly accountScopes: readonly string[];
}

/** Values of one kind that are looked at; a customer with more is a desk, not a person. */
export const MAX_VALUES = 8;
const MAX_ORDERS = 100;
const MAX_ADDRESS_CHARS = 200;
const MIN_PHONE_DIGITS = 8;

/** Short forms in Vietnamese addresses, as whole words. */
const ADDRESS_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    q: 'quan',
    p: 'phuong',
    f: 'phuong',
    d: 'duong',
    tp: 'thanh pho',
    tx: 'thi xa',
    h: 'huyen',
    hcm: 'ho chi minh',
    tphcm: 'thanh pho ho chi minh',
    hn: 'ha noi',
    sg: 'ho chi minh',
  }),
);

function readPhone(text: string): string | undefined {
  const name = normalisePhone(text.slice(0, 64), 'VN');
  const digits = name.kind === 'number' ? name.e164.slice(1) : text.slice(0, 64).replace(/\D/g, '');
  return digits.length < MIN_PHONE_DIGITS || isBlockedValue('phone', digits) ? undefined : digits;
}

function readMail(text: string): MailParts | undefined {
  const address = normaliseMailAddress(text);
  if (address === undefined || isBlockedValue('email', address)) return undefined;
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}

function readAddress(text: string): PostalWords | undefined {
  const folded = foldText(text.slice(0, MAX_ADDRESS_CHARS)).replace(/\b([qpf])\.?(\d)/g, '$1 $2');
  const written = folded.split(/[^\p{L}\p{N}/]+/u).filter((word) => word !== '');
  const words = written.flatMap((word) => (ADDRESS_WORDS.get(word) ?? word).split(' '));
  const number = words.find((word) => /\d/.test(word)) ?? '';
  return words.length < 2 ? undefined : { words: new Set(words), number };
}

function readOrder(text: string): string | undefined {
  const order = text
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
  return order.length < 4 ? undefined : order;
}

function readAll<T>(texts: readonly string[], read: (text: string) => T | undefined, most = MAX_VALUES): T[] {
  return texts.slice(0, most).flatMap((text) => read(text) ?? []);
}

/** Reads a customer for comparison. Values that identify nobody, or are none of their kind, are left out. */
export function prepareCustomer(record: CustomerRecord): PreparedCustomer {
  return {
    id: record.id,
    names: readAll(record.names, readName),
    phones: readAll(record.phones, readPhone),
    emails: readAll(record.emails, readMail),
    addresses: readAll(record.addresses, readAddress),
    orderNumbers: readAll(record.orderNumbers, readOrder, MAX_ORDERS),
    accountScopes: record.accountScopes,
  };
}
