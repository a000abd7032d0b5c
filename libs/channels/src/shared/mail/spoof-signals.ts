import { domainToUnicode } from 'node:url';
import { normaliseMailAddress } from '@app/identity';
import type { MailVerdict } from './authentication-results.js';
import type { MailClass } from './automatic-mail.js';
import { isAligned } from './domain-alignment.js';
import { looksLike } from './look-alike.js';
import { domainOf, type AddressSet } from './mail-address.js';
import type { People, Person } from './mail-people.js';

/** What {@link spoofSignals} looks at. */
export interface SpoofFacts {
  readonly people: People;
  readonly verdict: MailVerdict | undefined;
  readonly mailClass: MailClass;
  readonly own: AddressSet;
  /** A form, whose sender is not the one who filled it in. */
  readonly isForm: boolean;
}

const ADDRESS = /[^\s<>"(),;:@]{1,64}@[^\s<>"(),;:@]{1,253}/u;

/** The name that is shown is an address, but another than the one that wrote. */
function namesOther({ name, address }: Person): boolean {
  const shown = ADDRESS.exec(name)?.[0].replace(/[.'\]]+$/, '');
  const named = shown === undefined ? undefined : normaliseMailAddress(shown);
  return named !== undefined && named !== address;
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Thai}/u,
];

/**
 * Some label of a domain is written in letters of several alphabets, of which some look alike. Chinese, Japanese and Korean
 * names do mix theirs with Latin and are not counted.
 *
 * @see UTS 39 section 5.1
 */
const mixesScripts = (domain: string): boolean =>
  domainToUnicode(domain)
    .split('.')
    .some((label) => SCRIPTS.filter((script) => script.test(label)).length > 1);

/** An answer would go to another organisation. Lists, newsletters and forms do that by trade. */
const answersElsewhere = ({ people: { from, replyTo }, mailClass, isForm }: SpoofFacts): boolean =>
  mailClass === 'normal' &&
  !isForm &&
  from[0] !== undefined &&
  replyTo.some(({ address }) => !isAligned(domainOf(address), domainOf(from[0]!.address)));

/**
 * Flags that warn a reader: this mail may not be from whom it seems to be. They decide nothing; what a sender proves is
 * decided by its identity.
 */
export function spoofSignals(facts: SpoofFacts): readonly string[] {
  const { people, own, verdict } = facts;
  const author = people.from[0];
  const domain = author === undefined ? '' : domainOf(author.address);
  return [
    ...(verdict?.dmarc === 'fail' ? ['dmarc_fail'] : []),
    ...(people.from.some(namesOther) ? ['name_of_another'] : []),
    ...(answersElsewhere(facts) ? ['reply_to_elsewhere'] : []),
    ...(mixesScripts(domain) ? ['mixed_scripts'] : []),
    ...(own.domains.some((ours) => looksLike(domain, ours)) ? ['domain_like_ours'] : []),
  ];
}
