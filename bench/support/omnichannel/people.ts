import type { Chance } from './chance.js';
import { DAY, DAYS, START } from './log-writer.js';
import { CRM, OA, PAGES, SITE, WIDGET, ZALO_APP } from './shop.js';
import type { Name } from './truth.js';
import { inventName, mailWord, type FullName } from './vietnamese-names.js';

/** Something that a person has for a while. */
export interface Owned {
  readonly name: Name;
  readonly from: number;
  /** Not included. */
  readonly until: number;
  /** Somebody else proves it too: only the register, which knows both by numbers of its own, tells them apart. */
  readonly contested: boolean;
}

/** A person and all that they are to us. */
export interface Person {
  readonly number: number;
  readonly fullName: FullName;
  phone: Owned | undefined;
  /** Whether they send SMS themselves. */
  readonly texts: boolean;
  mail: Owned | undefined;
  readonly mails: boolean;
  /** Ids on the pages, at most one of each. */
  readonly psids: readonly Name[];
  readonly zalo: Name | undefined;
  readonly zaloApp: Name | undefined;
  readonly commenter: Name | undefined;
  readonly visitors: readonly Name[];
  crm: Name | undefined;
  readonly site: Name | undefined;
}

/** Beginnings of mobile numbers, as after 2018. */
const PREFIXES = '86 96 97 98 32 33 34 35 36 37 38 39 90 93 70 76 77 78 79 91 94 81 82 83 84 85'.split(' ');
const MAIL_SITES = ['thu.example', 'mail.example', 'hop-thu.example.vn'];

/** Hands out values that nobody has yet. */
export class Registry {
  private readonly given = new Set<string>();

  constructor(private readonly chance: Chance) {}

  phone(): Name {
    return {
      kind: 'phone',
      scope: '',
      value: this.fresh(() => `+84${this.chance.pick(PREFIXES)}${this.chance.digits(7)}`),
    };
  }

  mail(word: string): Name {
    const site = this.chance.pick(MAIL_SITES);
    return { kind: 'email', scope: '', value: this.fresh(() => `${word}.${this.chance.digits(4)}@${site}`) };
  }

  /** An id as platforms count them. */
  id(kind: string, scope: string): Name {
    return { kind, scope, value: this.fresh(() => this.chance.digits(16)) };
  }

  private fresh(make: () => string): string {
    let value = make();
    while (this.given.has(value)) value = make();
    this.given.add(value);
    return value;
  }
}

const always = (name: Name): Owned => ({ name, from: START, until: START + DAYS * DAY, contested: false });

/** Somebody new, with the accounts that people in Viet Nam have. */
export function inventPerson(number: number, chance: Chance, registry: Registry): Person {
  const fullName = inventName(chance);
  const some = <T>(probability: number, make: () => T): T[] => (chance.is(probability) ? [make()] : []);
  const perhaps = <T>(probability: number, make: () => T): T | undefined => some(probability, make)[0];
  const zalo = perhaps(0.5, () => registry.id('zalo_user', OA));
  const psids = [
    ...some(0.45, () => registry.id('messenger_psid', PAGES.shop)),
    ...some(0.12, () => registry.id('messenger_psid', PAGES.outlet)),
  ];
  const phone = perhaps(0.9, () => always(registry.phone()));
  const person: Person = {
    number,
    fullName,
    phone,
    texts: phone !== undefined && chance.is(0.4),
    mail: perhaps(0.5, () => always(registry.mail(mailWord(fullName)))),
    mails: chance.is(0.6),
    psids,
    zalo,
    zaloApp: zalo === undefined ? undefined : perhaps(0.5, () => registry.id('zalo_app_user', ZALO_APP)),
    commenter: perhaps(0.2, () => registry.id('facebook_user', PAGES.shop)),
    visitors: [
      ...some(0.2, () => registry.id('livechat_visitor', WIDGET)),
      ...some(0.08, () => registry.id('livechat_visitor', WIDGET)),
    ],
    crm: perhaps(0.3, () => registry.id('external', CRM)),
    site: perhaps(0.3, () => registry.id('external', SITE)),
  };
  return person;
}

/** Everything that a person can write from, at an instant at which they have it. */
export function sendersOf(
  person: Person,
): readonly { readonly name: Name; readonly from: number; readonly until: number }[] {
  const { phone, mail, texts, mails, psids, zalo, commenter, visitors } = person;
  return [
    ...[...psids, zalo, commenter, ...visitors].flatMap((name) => (name === undefined ? [] : [always(name)])),
    ...(texts && phone !== undefined ? [phone] : []),
    ...(mails && mail !== undefined ? [mail] : []),
  ];
}
