import { domainToUnicode } from 'node:url';
import { organisationalDomain, toALabel } from './domain-alignment.js';

/** Names shorter than this differ by one letter from many that mean no harm. */
const MIN_NAME_CHARS = 6;

/** Letters and pairs that are read as others; Cyrillic and Greek ones as the Latin ones that they look like. */
const READ_AS: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[0\u043e\u03bf]/g, 'o'],
  [/[1il|\u0131\u0456\u04cf\u03b9]/g, 'l'],
  [/[5\u0455]/g, 's'],
  [/[3\u0435]/g, 'e'],
  [/[\u0430\u03b1]/g, 'a'],
  [/\u0441/g, 'c'],
  [/[\u0440\u03c1]/g, 'p'],
  [/[\u0445\u03c7]/g, 'x'],
  [/\u0443/g, 'y'],
  [/[\u043d\u04bb]/g, 'h'],
  [/\u0501/g, 'd'],
  [/[\u0261q]/g, 'g'],
  [/đ/g, 'd'],
  [/[-.]/g, ''],
];

/** What a hasty reader takes a domain for. */
function asRead(domain: string): string {
  const bare = domainToUnicode(domain).toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  return READ_AS.reduce((text, [written, read]) => text.replace(written, read), bare);
}

/** Whether one letter more, less or other, or two that changed places, make one text of the other. */
function differsByOne(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  const [left, added] = [short.slice(start, short.length - end), long.slice(start, long.length - end)];
  return added.length <= 1 || (added.length === 2 && left === added[1]! + added[0]!);
}

/** The part that somebody chose, without the public suffix. */
const nameOf = (organisation: string): string => organisation.split('.', 1)[0]!;

/**
 * Whether a domain is taken for another one at a glance, though it belongs to somebody else: its letters look alike, or one of
 * them differs.
 *
 * @param domain in any form
 * @param real the one that it may be taken for; short names are alike by chance, and are taken for nobody's
 * @see UTS 39 section 4
 */
export function looksLike(domain: string, real: string): boolean {
  const [one, other] = [organisationalDomain(toALabel(domain)), organisationalDomain(toALabel(real))];
  if (one === other || nameOf(other).length < MIN_NAME_CHARS) return false;
  return asRead(one) === asRead(other) || differsByOne(domainToUnicode(one), domainToUnicode(other));
}
