import type { StreamBatch, StreamRecord } from '@app/stream';
import { toRecord } from './inbound-record.js';
import { attack, importJunk } from './omnichannel/attacks.js';
import { Chance } from './omnichannel/chance.js';
import { Everyday } from './omnichannel/everyday.js';
import { LogWriter, type LoggedMessage } from './omnichannel/log-writer.js';
import { inventPerson, Registry, type Person } from './omnichannel/people.js';
import {
  changeHands,
  makeDesk,
  makeFamily,
  openSecondAccount,
  type ChangedHands,
  type Stage,
} from './omnichannel/shared-values.js';
import { HOTLINE, MAILBOX } from './omnichannel/shop.js';
import { identityText, type LogTruth, type Name } from './omnichannel/truth.js';

/** Size of a log; the same numbers make the same log. */
export interface LogOptions {
  readonly people: number;
  /** At least so many, without redeliveries. */
  readonly messages: number;
  readonly seed: number;
  /**
   * Default true. False: members of a family prove their common number to systems that know nothing of each other, so
   * that no evidence tells them apart; this shows a limit, and is no measure of what could be done.
   */
  readonly guardedFamilies?: boolean;
  /** Most records in one batch. */
  readonly largestBatch?: number;
}

/** A synthetic log of a Vietnamese shop, and what is true of it. */
export interface OmnichannelLog {
  /**
   * Batches in the order of arrival, which has nothing to do with the order in which things happened. Between the two
   * parts the shop is told which numbers changed hands; the second one also brings what is late, and repeats.
   */
  readonly parts: readonly [readonly StreamBatch[], readonly StreamBatch[]];
  readonly changedHands: readonly ChangedHands[];
  readonly truth: LogTruth;
  /** Different messages; redeliveries not counted. */
  readonly messages: number;
  /** Messages that must be refused. */
  readonly refusals: number;
  /** The shop's own numbers and addresses, as its settings name them. */
  readonly ownContacts: string;
}

/** Shares of the people who are in one of the situations that are hard to tell apart. */
const SHARES = { families: 0.1, desks: 0.04, changedHands: 0.03, secondAccounts: 0.02, attackers: 0.03, junk: 0.03 };
const LATE = 0.15;
const REDELIVERED = 0.04;

/** Takes people from a list, so that nobody is in two situations. */
class Casting {
  private at = 0;

  constructor(private readonly people: readonly Person[]) {}

  /** As many groups as make about so many people. */
  *groups(people: number, size: () => number): Generator<Person[]> {
    const end = this.at + people;
    while (this.at < end) {
      const members = size();
      yield this.people.slice(this.at, this.at + members);
      this.at += members;
    }
  }
}

function stageSituations(
  stage: Stage,
  people: readonly Person[],
  { guardedFamilies = true }: LogOptions,
): ChangedHands[] {
  const { chance } = stage;
  const casting = new Casting(chance.shuffled(people));
  const share = (name: keyof typeof SHARES): number => Math.ceil(SHARES[name] * people.length);
  const changed: ChangedHands[] = [];
  for (const pair of casting.groups(share('changedHands'), () => 2)) {
    const isTold = chance.is(0.7);
    const hands = changeHands(stage, pair[0]!, pair[1]!, isTold);
    if (hands !== undefined && isTold) changed.push(hands);
  }
  for (const family of casting.groups(share('families'), () => chance.between(2, 4)))
    makeFamily(stage, family, guardedFamilies);
  for (const desk of casting.groups(share('desks'), () => chance.between(5, 8))) makeDesk(stage, desk);
  for (const [person] of casting.groups(share('secondAccounts'), () => 1)) openSecondAccount(stage, person!);
  for (const [person] of casting.groups(share('junk'), () => 1)) importJunk(stage, person!);
  for (const [person] of casting.groups(share('attackers'), () => 1))
    attack(stage, person!.number, chance.pick(people));
  return changed;
}

/** Whether a message names an identity as its sender's, so that it is stored as such. */
const names = ({ sender, points }: LoggedMessage, name: Name): boolean =>
  [sender, ...points.map((point) => point.name)].some((one) => identityText(one) === identityText(name));

/** Messages that have to come after, or before, the shop is told of a change of hands. */
function placesOf(messages: readonly LoggedMessage[], changed: readonly ChangedHands[]): Map<LoggedMessage, 0 | 1> {
  const places = new Map<LoggedMessage, 0 | 1>();
  for (const { number, at } of changed) {
    const naming = messages.filter((message) => names(message, number));
    for (const message of naming) if (message.at >= at) places.set(message, 1);
    // Whoever is told of a change has known the number before.
    const [first] = naming.filter((message) => message.at < at);
    if (first !== undefined) places.set(first, 0);
  }
  return places;
}

function toBatches(records: readonly StreamRecord[], chance: Chance, largest: number): StreamBatch[] {
  const batches: StreamBatch[] = [];
  for (let from = 0; from < records.length;) {
    const slice = records.slice(from, from + chance.between(1, largest));
    batches.push({ topic: slice[0]!.topic, partition: 0, records: slice });
    from += slice.length;
  }
  return batches;
}

function arrange(
  messages: readonly LoggedMessage[],
  changed: readonly ChangedHands[],
  chance: Chance,
  largest: number,
) {
  const places = placesOf(messages, changed);
  const parts: [StreamRecord[], StreamRecord[]] = [[], []];
  for (const [offset, message] of messages.entries()) {
    const record = toRecord(message.data, BigInt(offset));
    const part = places.get(message) ?? (chance.is(LATE) ? 1 : 0);
    parts[part].push(record);
    if (chance.is(REDELIVERED)) parts[part].push(record);
    if (part === 0 && chance.is(REDELIVERED)) parts[1].push(record);
  }
  const batchesOf = (part: readonly StreamRecord[]) => toBatches(chance.shuffled(part), chance, largest);
  return [batchesOf(parts[0]), batchesOf(parts[1])] as const;
}

/** A later owner only counts as one when somebody was there before. */
function knownBefore(messages: readonly LoggedMessage[], changed: readonly ChangedHands[]): ChangedHands[] {
  return changed.filter(({ number, at }) => messages.some((message) => message.at < at && names(message, number)));
}

/**
 * Invents the log of a shop: people with Vietnamese names on two pages, Zalo, SMS, mail, comments, the site's chat and
 * the shop's register; families, desks and second accounts; numbers typed in chat, of before 2018, of a friend, of the
 * shop; numbers that changed hands; attackers; and whatever a stream does: repeats, late and shuffled arrival.
 *
 * What no evidence could tell apart is left out unless asked for: everybody who proves a value that others prove too is
 * known to the same system by a number of its own.
 */
export function makeOmnichannelLog(options: LogOptions): OmnichannelLog {
  const chance = new Chance(options.seed);
  const [log, registry] = [new LogWriter(), new Registry(chance)];
  const people = Array.from({ length: options.people }, (_, number) => inventPerson(number, chance, registry));
  const told = stageSituations({ log, chance, registry }, people, options);
  const lives = people.map((person) => new Everyday(log, chance, person, chance.pick(people)));
  for (const life of lives) life.introduce();
  while (log.messages.length < options.messages) chance.pick(lives).chatter();
  const changedHands = knownBefore(log.messages, told);
  return {
    parts: [...arrange(log.messages, changedHands, chance, options.largestBatch ?? 500)],
    changedHands,
    truth: log.truth.toTruth(),
    messages: log.messages.length,
    refusals: log.refusals,
    ownContacts: `${HOTLINE},${MAILBOX}`,
  };
}
