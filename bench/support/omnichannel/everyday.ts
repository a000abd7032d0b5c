import { phoneIdentity } from '@app/identity';
import type { Chance } from './chance.js';
import { DAY, DAYS, START, type LogWriter, type Pointed, type Writing } from './log-writer.js';
import { sendersOf, type Owned, type Person } from './people.js';
import { giftSentence, hotlineSentence, oldForm, ownNumberSentence, plainSentence } from './sentences.js';
import { placeOf, PAGES } from './shop.js';
import type { Name } from './truth.js';
import { spellName } from './vietnamese-names.js';

/** What a person does of all that people do. One instance for one person. */
export class Everyday {
  constructor(
    private readonly log: LogWriter,
    private readonly chance: Chance,
    private readonly person: Person,
    /** Whom the person sends presents. */
    private readonly friend: Person,
  ) {}

  /** Everything that makes the person's identities known, proved or claimed; each at least once. */
  introduce(): void {
    for (const { name, from, until } of sendersOf(this.person)) this.chat(name, from, until);
    this.useZaloApp();
    this.comment();
    this.registerAtSite();
    this.enterRegister();
    this.mailUnsigned();
    this.textFromOldNumber();
  }

  /** Another message of no consequence, from anywhere. */
  chatter(): void {
    const senders = sendersOf(this.person);
    if (senders.length === 0) return;
    const { name, from, until } = this.chance.pick(senders);
    this.chat(name, from, until);
  }

  private when(from = START, until = START + DAYS * DAY): number {
    return from + this.chance.below(until - from);
  }

  /** An instant at which the person has all of these. */
  private whenOwned(owned: readonly (Owned | undefined)[]): number {
    const held = owned.filter((one) => one !== undefined);
    return this.when(
      Math.max(START, ...held.map((one) => one.from)),
      Math.min(START + DAYS * DAY, ...held.map((one) => one.until)),
    );
  }

  private write(sender: Name, at: number, more: Partial<Writing> = {}): void {
    const shownName =
      sender.kind === 'phone' || sender.kind === 'external' ? undefined : spellName(this.person.fullName, this.chance);
    const text = more.text ?? plainSentence(this.chance);
    this.log.write({ by: this.person.number, sender, at, shownName, ...more, text });
  }

  /** A message; one in so many names a number: the person's own, somebody else's, or the shop's. */
  private chat(sender: Name, from: number, until: number): void {
    const { phone } = this.person;
    const { phone: friends, fullName } = this.friend;
    if (sender.kind !== 'phone' && phone !== undefined && this.chance.is(0.12)) {
      const text = ownNumberSentence(phone.name.value, this.chance);
      this.write(sender, this.whenOwned([phone, { ...phone, from, until }]), { text, says: [phone.name] });
    } else if (friends !== undefined && this.chance.is(0.03)) {
      this.write(sender, this.when(from, until), {
        text: giftSentence(friends.name.value, fullName.given, this.chance),
      });
    } else if (this.chance.is(0.02)) {
      this.write(sender, this.when(from, until), { text: hotlineSentence(this.chance) });
    } else if (sender.kind === 'email') {
      this.mail(sender, from, until);
    } else {
      this.write(sender, this.when(from, until), { points: this.unprovenPoints(sender, from, until) });
    }
  }

  /** Level 1 and 2: shared numbers, forms, feeds. */
  private unprovenPoints(sender: Name, from: number, until: number): readonly Pointed[] {
    const { phone } = this.person;
    if (phone === undefined || phone.from > from || phone.until < until) return [];
    if (sender.kind === 'messenger_psid' && this.chance.is(0.08)) {
      return [{ name: phone.name, source: this.chance.is(0.5) ? 'messenger.quick_reply' : 'order_feed' }];
    }
    if (sender.kind === 'zalo_user' && this.chance.is(0.1))
      return [{ name: phone.name, source: 'zalo.user_submit_info' }];
    if (sender.kind === 'livechat_visitor' && this.chance.is(0.4))
      return [{ name: phone.name, source: 'livechat.prechat' }];
    return [];
  }

  private mail(sender: Name, from: number, until: number): void {
    const { phone } = this.person;
    const signs = phone !== undefined && this.chance.is(0.3);
    const at = signs ? this.whenOwned([phone, { ...phone, from, until }]) : this.when(from, until);
    const signature = signs
      ? `\n\nTrân trọng\n${spellName(this.person.fullName, this.chance)}\nĐT: ${phone.name.value}`
      : '';
    this.write(sender, at, {
      text: `${plainSentence(this.chance)}${signature}`,
      ...(signs ? { says: [phone.name] } : {}),
      mail: { authentication: { dmarc: 'pass', dkim: 'pass' } },
    });
  }

  /** One signed body of Zalo holds both ids. */
  private useZaloApp(): void {
    const { zalo, zaloApp } = this.person;
    if (zalo === undefined || zaloApp === undefined) return;
    for (let n = this.chance.between(1, 2); n > 0; n -= 1) {
      this.write(zalo, this.when(), { points: [{ name: zaloApp, source: 'zalo.user_id_by_app' }] });
    }
  }

  /** The page answers a comment in private: that proves who commented. Without an answer it is only likely. */
  private comment(): void {
    const { commenter, psids } = this.person;
    const psid = psids.find(({ scope }) => scope === PAGES.shop);
    if (commenter === undefined || psid === undefined) return;
    const source = this.chance.is(0.6) ? 'comment.private_reply' : 'meta.page_scoped_id';
    this.write(psid, this.when(), { points: [{ name: commenter, source }] });
  }

  /** The site's server signs who its visitor is: its own number for them always, and what it knows besides. */
  private registerAtSite(): void {
    const { site, visitors, phone, mail } = this.person;
    if (site === undefined) return;
    const contacts = [phone, mail].filter((one): one is Owned => one?.contested === false && this.chance.is(0.8));
    for (const visitor of visitors) {
      for (let n = this.chance.between(1, 2); n > 0; n -= 1) {
        const points = [site, ...contacts.map(({ name }) => name)].map((name): Pointed => ({
          name,
          source: 'livechat.signed_contact',
        }));
        this.write(visitor, this.whenOwned(contacts), { points });
      }
    }
  }

  /** A signed import of the shop's register: its number for them with whatever it knows. */
  private enterRegister(): void {
    const { crm, phone, mail, psids, zalo } = this.person;
    if (crm === undefined) return;
    const accounts = [...psids, zalo].filter((name): name is Name => name !== undefined && this.chance.is(0.4));
    const points = [phone?.name, mail?.name, ...accounts].flatMap((name): Pointed[] =>
      name === undefined ? [] : [{ name, source: 'crm.import' }],
    );
    for (let n = this.chance.between(1, 2); n > 0; n -= 1) this.write(crm, this.whenOwned([phone, mail]), { points });
  }

  /** A mail that nothing proves, for example from a telephone that sends through another server. */
  private mailUnsigned(): void {
    const { mail, mails } = this.person;
    if (mail === undefined || !mails || !this.chance.is(0.1)) return;
    const twin = { ...mail.name, kind: 'email_unverified' };
    this.write(twin, this.whenOwned([mail]), { authenticity: 'A1', says: [mail.name] });
  }

  /** A message of before 2018 that is only imported now. */
  private textFromOldNumber(): void {
    const { phone, texts } = this.person;
    const old = phone === undefined || !texts ? undefined : oldForm(phone.name.value);
    if (old === undefined || phone!.contested || !this.chance.is(0.05)) return;
    const { account } = placeOf('phone', '');
    const { kind, scope, value, authenticity } = phoneIdentity(old, { accountId: account, authenticity: 'A2' });
    this.write({ kind, scope, value }, this.whenOwned([phone]), { authenticity });
  }
}
