import type { Authenticity, Claim, IdentityKind, MessageReceived } from '@app/contracts';
import { claimOf, type ClaimKind, type ClaimSourceName } from '@app/identity';
import { MAILBOX, placeOf } from './shop.js';
import { TruthKeeper, type Name } from './truth.js';

/** A day in milliseconds. */
export const DAY = 86_400_000;
/** From here on, and for so many days, everything happens. */
export const START = Date.UTC(2026, 0, 5, 1);
export const DAYS = 300;

/** Somebody who is proved, or only said, to be the sender. */
export interface Pointed {
  readonly name: Name;
  readonly source: ClaimSourceName;
  /** True, but a guard has to hold it back: the person's second account of a page. */
  readonly heldBack?: boolean;
}

/** What somebody writes. */
export interface Writing {
  /** Number of the person whose fingers they are. */
  readonly by: number;
  readonly sender: Name;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text?: string;
  /** Identities of their own that the text names. */
  readonly says?: readonly Name[];
  readonly shownName?: string | undefined;
  readonly authenticity?: Authenticity;
  /** What the connector found about the sender. */
  readonly points?: readonly Pointed[];
  /** Claims that are no proof of anything true: forged, junk, or the connector's fault. */
  readonly strange?: readonly Claim[];
  readonly mail?: Partial<NonNullable<MessageReceived['mail']>>;
  /** The product has to refuse the record. */
  readonly refused?: boolean;
}

/** A message with what the generator needs to place it. */
export interface LoggedMessage {
  readonly data: MessageReceived;
  readonly at: number;
  readonly sender: Name;
  readonly points: readonly Pointed[];
}

const JOINING_LEVEL = 3;

/** `messenger_psid:106…:74…`; numbers and addresses stand alone. */
function claimFor({ name, source }: Pointed): Claim {
  const contact = name.kind === 'phone' || name.kind === 'email';
  const kind: ClaimKind = contact ? (name.kind as 'phone' | 'email') : 'external_id';
  return claimOf(kind, contact ? name.value : `${name.kind}:${name.scope}:${name.value}`, source);
}

/** Writes the log and keeps, at the same time, what is true behind it. */
export class LogWriter {
  readonly messages: LoggedMessage[] = [];
  readonly truth = new TruthKeeper();
  refusals = 0;

  /**
   * Logs a message. Proof in it that its sender is somebody else's too must be true: forgeries go into `strange`.
   *
   * @returns its place in the log
   */
  write(writing: Writing): number {
    const { by, sender, at, authenticity = 'A2', points = [], says = [] } = writing;
    const data = this.dataOf(writing);
    this.messages.push({ data, at, sender, points });
    if (writing.refused === true) {
      this.refusals += 1;
      return this.messages.length - 1;
    }
    this.truth.use(sender, at, by);
    for (const name of says) this.truth.say(sender, name, { at, by });
    for (const point of points) {
      if (claimFor(point).level < JOINING_LEVEL || authenticity !== 'A2')
        this.truth.say(sender, point.name, { at, by });
      else if (point.heldBack === true) this.truth.use(point.name, at, by);
      else this.truth.prove(sender, point.name, { at, by });
    }
    return this.messages.length - 1;
  }

  private dataOf({
    sender,
    at,
    text,
    shownName,
    authenticity,
    points = [],
    strange = [],
    mail,
  }: Writing): MessageReceived {
    const { channel, account, provider } = placeOf(sender.kind as IdentityKind, sender.scope);
    const id = `m${this.messages.length + 1}`;
    const claims = [...points.map(claimFor), ...strange];
    const shown = shownName === undefined ? {} : { display_name: shownName };
    return {
      channel,
      account_id: account,
      direction: 'inbound',
      identity: { ...sender, authenticity: authenticity ?? 'A2', ...shown },
      provider: { name: provider, message_id: id, conversation_id: sender.value },
      message_kind: channel === 'facebook_comment' ? 'comment' : channel === 'crm' ? 'event' : 'message',
      occurred_at: new Date(at).toISOString(),
      received_at: new Date(at + 350).toISOString(),
      verification: { method: authenticity === 'A1' ? 'none' : 'hmac' },
      content:
        channel === 'crm' ? { type: 'system', text: 'Cập nhật hồ sơ khách hàng' } : { type: 'text', text: text ?? '' },
      raw: { media_type: 'application/json', encoding: 'utf8', data: '{}' },
      ...(claims.length === 0 ? {} : { claims }),
      ...(channel === 'email' ? { mail: mailFields(sender.value, mail) } : {}),
    };
  }
}

function mailFields(from: string, more: Writing['mail'] = {}): NonNullable<MessageReceived['mail']> {
  return {
    in_reply_to: [],
    references: [],
    from: [from],
    to: [MAILBOX],
    cc: [],
    reply_to: [],
    authentication: {},
    ...more,
  };
}
