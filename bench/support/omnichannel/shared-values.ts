import type { Chance } from './chance.js';
import { DAY, DAYS, START, type LogWriter, type Pointed } from './log-writer.js';
import type { Owned, Person, Registry } from './people.js';
import { ownNumberSentence, plainSentence } from './sentences.js';
import { CRM, PAGES, SITE, WIDGET } from './shop.js';
import type { Name } from './truth.js';
import { spellName } from './vietnamese-names.js';

/** What these situations are made of. */
export interface Stage {
  readonly log: LogWriter;
  readonly chance: Chance;
  readonly registry: Registry;
}

const anyTime = (chance: Chance): number => START + chance.below(DAYS * DAY);

/** A system that knows its people by numbers of its own, and signs what it says. */
type System = 'crm' | 'site';

/** Some system proves that its person uses a value. The person gets a number of it when they had none. */
function provesUse(stage: Stage, person: Person, value: Name, system: System): void {
  const { log, chance, registry } = stage;
  if (system === 'crm') {
    person.crm ??= registry.id('external', CRM);
    const points: readonly Pointed[] = [{ name: value, source: 'crm.import' }];
    log.write({ by: person.number, sender: person.crm, at: anyTime(chance), points });
    return;
  }
  // A new browser each time: only the site's own number says that it is the same person.
  const site = person.site ?? registry.id('external', SITE);
  for (let n = chance.between(1, 2); n > 0; n -= 1) {
    const points = chance.shuffled([site, value]).map((name): Pointed => ({ name, source: 'livechat.signed_contact' }));
    const visitor = registry.id('livechat_visitor', WIDGET);
    log.write({ by: person.number, sender: visitor, at: anyTime(chance), points, text: plainSentence(chance) });
  }
}

/**
 * A family with one number or one mailbox. Each member writes from it, says that it is theirs, and most prove it: to one
 * system, which knows each by a number of its own. Nothing else could tell them apart.
 *
 * @param isGuarded false: each proves it to any system, so that two of them may never meet in one
 */
export function makeFamily(stage: Stage, members: readonly Person[], isGuarded: boolean): void {
  const { log, chance, registry } = stage;
  const shared = chance.is(0.8) ? registry.phone() : registry.mail('gia.dinh');
  const anySystem = (): System => (chance.is(0.5) ? 'crm' : 'site');
  const system = anySystem();
  for (const member of members) {
    const by = member.number;
    log.write({ by, sender: shared, at: anyTime(chance), text: plainSentence(chance) });
    if (chance.is(0.7)) provesUse(stage, member, shared, isGuarded ? system : anySystem());
    const account = member.psids[0] ?? member.zalo;
    if (account === undefined || shared.kind !== 'phone') continue;
    const shownName = spellName(member.fullName, chance);
    const text = ownNumberSentence(shared.value, chance);
    log.write({ by, sender: account, at: anyTime(chance), text, shownName, says: [shared] });
  }
}

/** An office: one number or mailbox, which each of its people proves to the register. */
export function makeDesk(stage: Stage, members: readonly Person[]): void {
  const { log, chance, registry } = stage;
  const role = { kind: 'email', scope: '', value: `ketoan@cong-ty-${chance.digits(5)}.example.vn` };
  const shared = chance.pickByShare<() => Name>([
    [() => registry.phone(), 5],
    [() => registry.mail('phong.vat.tu'), 3],
    [() => role, 2],
  ])();
  for (const member of members) {
    log.write({ by: member.number, sender: shared, at: anyTime(chance), text: plainSentence(chance) });
    provesUse(stage, member, shared, 'crm');
  }
}

/** A number that the network gives to somebody else after months of silence. */
export interface ChangedHands {
  readonly number: Name;
  /** When the later owner has it. */
  readonly at: number;
}

/**
 * Gives one person's number to another. When we are told of it everything may be proved again; when nobody tells us, the
 * register's two numbers are all that keeps the two apart.
 *
 * @returns undefined when the first has no number
 */
export function changeHands(
  { log, registry, chance }: Stage,
  first: Person,
  later: Person,
  isTold: boolean,
): ChangedHands | undefined {
  if (first.phone === undefined) return undefined;
  const number = first.phone.name;
  const [left, taken] = [chance.between(60, 100), chance.between(190, 230)];
  const at = START + taken * DAY;
  const owned = (from: number, until: number): Owned => ({ name: number, from, until, contested: !isTold });
  first.phone = owned(START, START + left * DAY);
  later.phone = owned(at, START + DAYS * DAY);
  first.crm ??= registry.id('external', CRM);
  later.crm ??= registry.id('external', CRM);
  if (isTold) log.truth.handOver(number, at);
  return { number, at };
}

/** Somebody with a second account on one page, and proof for both: a machine must not believe that it is one person. */
export function openSecondAccount({ log, chance, registry }: Stage, person: Person): void {
  const { phone, psids } = person;
  const first = psids.find(({ scope }) => scope === PAGES.shop);
  if (phone === undefined || phone.contested || first === undefined) return;
  const second = registry.id('messenger_psid', PAGES.shop);
  const [by, shownName] = [person.number, spellName(person.fullName, chance)];
  const [early, late] = [phone.from, Math.floor((phone.from + phone.until) / 2)];
  const text = plainSentence(chance);
  log.write({ by, sender: first, at: early, text, shownName, points: [{ name: phone.name, source: 'crm.import' }] });
  const heldBack = { name: phone.name, source: 'crm.import', heldBack: true } as const;
  log.write({ by, sender: second, at: late, text, shownName, points: [heldBack] });
}
