import type { Claim } from '@app/contracts';
import { claimOf } from '@app/identity';
import { DAY, DAYS, START } from './log-writer.js';
import type { Person } from './people.js';
import { ownNumberSentence, plainSentence } from './sentences.js';
import type { Stage } from './shared-values.js';
import { CRM, MAILBOX, OA, PAGES, WIDGET } from './shop.js';

type Attack = (stage: Stage, by: number, victim: Person) => void;

const anyTime = ({ chance }: Stage): number => START + chance.below(DAYS * DAY);
const phoneOf = (victim: Person): string => victim.phone?.name.value ?? '+84903111222';

/** Each says, on its own way, that the victim's number or address is the attacker's. */
const ATTACKS: readonly Attack[] = [
  function inText(stage, by, victim) {
    const sender = stage.registry.id('messenger_psid', PAGES.shop);
    stage.log.write({ by, sender, at: anyTime(stage), text: ownNumberSentence(phoneOf(victim), stage.chance) });
  },
  function inForm(stage, by, victim) {
    const sender = stage.registry.id('zalo_user', OA);
    const strange = [claimOf('phone', phoneOf(victim), 'zalo.user_submit_info')];
    stage.log.write({ by, sender, at: anyTime(stage), strange, text: plainSentence(stage.chance) });
  },
  /** A visitor whom nothing proves carries a contact as if the site had signed it. */
  function unsignedContact(stage, by, victim) {
    const sender = stage.registry.id('livechat_visitor', WIDGET);
    const strange = [claimOf('phone', phoneOf(victim), 'livechat.signed_contact')];
    stage.log.write({ by, sender, at: anyTime(stage), authenticity: 'A1', strange, text: plainSentence(stage.chance) });
  },
  function spoofedFrom(stage, by, victim) {
    if (victim.mail === undefined) return;
    const sender = { ...victim.mail.name, kind: 'email_unverified' };
    const mail = { authentication: { dmarc: 'fail', spf: 'fail' }, reply_to: [victim.mail.name.value] };
    stage.log.write({
      by,
      sender,
      at: anyTime(stage),
      authenticity: 'A1',
      mail,
      text: `Gửi lại hoá đơn giúp tôi, ${phoneOf(victim)}`,
    });
  },
  function replyToOther(stage, by, victim) {
    if (victim.mail === undefined) return;
    const sender = stage.registry.mail('ke.gian');
    const mail = { reply_to: [victim.mail.name.value], authentication: { dmarc: 'pass' } };
    stage.log.write({ by, sender, at: anyTime(stage), mail, text: plainSentence(stage.chance) });
  },
  /** The victim's own words, quoted: they say nothing of who quotes them. */
  function quoted(stage, by, victim) {
    const sender = stage.registry.mail('chuyen.tiep');
    const text = `Xem thư dưới.\n\nVào 10:00, 5 thg 1, 2026, Khách <a@b.example> đã viết:\n> Số tôi là ${phoneOf(victim)}`;
    stage.log.write({ by, sender, at: anyTime(stage), mail: { to: [MAILBOX] }, text });
  },
  /** A connector that states more than its table grants is broken or forged; its record is refused. */
  function forgedLevel(stage, by, victim) {
    const sender = stage.registry.id('zalo_user', OA);
    const strange: readonly Claim[] = [
      { kind: 'phone', value: phoneOf(victim), level: stage.chance.pick([2, 4, 5]), source: 'zalo.user_submit_info' },
    ];
    stage.log.write({ by, sender, at: anyTime(stage), strange, refused: true, text: plainSentence(stage.chance) });
  },
  function unknownSource(stage, by, victim) {
    const sender = stage.registry.id('messenger_psid', PAGES.outlet);
    const strange: readonly Claim[] = [{ kind: 'phone', value: phoneOf(victim), level: 4, source: 'plugin.verified' }];
    stage.log.write({ by, sender, at: anyTime(stage), strange, text: plainSentence(stage.chance) });
  },
];

/** Somebody who tries one or two ways to become somebody else, each from a fresh account of theirs. */
export function attack(stage: Stage, by: number, victim: Person): void {
  for (const one of stage.chance.shuffled(ATTACKS).slice(0, stage.chance.between(1, 2))) one(stage, by, victim);
}

/** What the register holds where a number should stand: signed, and nobody's. The last looks like a number. */
const JUNK = ['0000000000', 'null', '-', 'khong co', '0123456789', '0900000000'];

/** A person of the register with a filler for a number, like many others. */
export function importJunk(stage: Stage, person: Person): void {
  const value = stage.chance.pick(JUNK);
  const strange = [claimOf('phone', value, 'crm.import'), claimOf('email', 'khongco@gmail.example', 'crm.import')];
  person.crm ??= stage.registry.id('external', CRM);
  stage.log.write({ by: person.number, sender: person.crm, at: anyTime(stage), strange });
}
