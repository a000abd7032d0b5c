import type { Headers } from 'mailparser';
import { normaliseMailAddress } from '@app/identity';
import { cleanText } from '@app/kernel';
import { mailboxesOf, textOf } from './parse-mime.js';

/** One mailbox of a header field. */
export interface Person {
  /** Normalised. */
  readonly address: string;
  /** Decoded, NFC; empty when the field gives none. It proves nothing. */
  readonly name: string;
}

/** Everybody whom a mail names, in the order of its fields. */
export interface People {
  readonly from: readonly Person[];
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly replyTo: readonly Person[];
  /** What stands in `From`, for a mail without a usable author. */
  readonly fromText: string;
}

const MAX_PEOPLE = 100;
const MAX_NAME_CHARS = 200;

const cleanName = (name: string): string =>
  cleanText(name, { nul: 'remove', maxChars: MAX_NAME_CHARS }).text.replace(/\s+/g, ' ').trim();

function personsOf(headers: Headers, name: string): readonly Person[] {
  return mailboxesOf(headers, name)
    .slice(0, MAX_PEOPLE)
    .flatMap(({ address, name: display }) => {
      const normalised = normaliseMailAddress(address);
      return normalised === undefined ? [] : [{ address: normalised, name: cleanName(display) }];
    });
}

function writtenIn(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string')
    return value.text;
  return textOf(headers, name) ?? '';
}

/** Reads the people of a mail; entries that are no address (groups, junk) are left out. */
export function peopleOf(headers: Headers): People {
  return {
    from: personsOf(headers, 'from'),
    to: personsOf(headers, 'to'),
    cc: personsOf(headers, 'cc'),
    replyTo: personsOf(headers, 'reply-to'),
    fromText: cleanName(writtenIn(headers, 'from')),
  };
}
