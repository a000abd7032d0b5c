/** Somebody who writes on this day; which name and which numbers they have depends on seed and run. */
export type Role =
  | 'bride'
  | 'priceHunter'
  | 'giftGiver'
  | 'regular'
  | 'accountant'
  | 'student'
  | 'poet'
  | 'texter'
  | 'mother'
  | 'unhappy'
  | 'reseller'
  | 'nightOwl';

/** Accounts of the demonstration. */
export type DemoAccountId =
  | 'fb-shop'
  | 'oa-shop'
  | 'hotline-sms'
  | 'sms-vn'
  | 'shop-comments'
  | 'hotro'
  | 'wa-shop'
  | 'cua-hang'
  | 'tong-dai'
  | 'lien-he';

/** What a step is. */
export type StepKind =
  | 'say'
  | 'answer'
  | 'edit'
  | 'remove'
  | 'react'
  | 'seen'
  | 'follow'
  | 'share'
  | 'order'
  | 'visit'
  | 'call'
  | 'progress';

/** What a message holds besides its text. */
export type Extra = 'image' | 'sticker' | 'location' | 'unsupported' | 'file';

/** How a step misbehaves on purpose. */
export type Oddity =
  /** Signed with a wrong secret: must be refused. */
  | 'forged'
  /** The provider hears no answer several times and sends at once again and again. */
  | 'storm'
  /** Its time is days ahead. */
  | 'future';

/** One thing that happens on one conversation. */
export interface Step {
  /** `HH:MM` on the day, in Vietnam. */
  readonly at: string;
  readonly kind: StepKind;
  /** Name by which later steps of the scene refer to it. */
  readonly as?: string;
  /** The step concerned: what is edited, removed, reacted to, answered. */
  readonly of?: string;
  readonly text?: string;
  readonly extra?: Extra;
  /** When the provider sends it, `HH:MM`; without it at `at`. */
  readonly sentAt?: string;
  readonly oddity?: Oddity;
}

/** One conversation of one person with one account, in the order of what happens. */
export interface Scene {
  readonly who: Role;
  readonly on: DemoAccountId;
  /** Subject of the mails of this scene. */
  readonly subject?: string;
  readonly steps: readonly Step[];
}

type More = Omit<Partial<Step>, 'at' | 'kind' | 'text'>;

/** The customer writes. */
export const say = (at: string, text: string, more: More = {}): Step => ({ at, kind: 'say', text, ...more });
/** The shop writes, in a tool of the provider. */
export const answer = (at: string, text: string, more: More = {}): Step => ({ at, kind: 'answer', text, ...more });
/** The author changes what they wrote. */
export const edit = (at: string, of: string, text: string, more: More = {}): Step => ({
  at,
  kind: 'edit',
  of,
  text,
  ...more,
});
/** The author takes back what they wrote. */
export const remove = (at: string, of: string, more: More = {}): Step => ({ at, kind: 'remove', of, ...more });
/** The customer reacts to a message with a heart. */
export const react = (at: string, of: string, more: More = {}): Step => ({ at, kind: 'react', of, ...more });
/** The customer has seen what the shop wrote so far, or the message named by `of`. */
export const seen = (at: string, more: More = {}): Step => ({ at, kind: 'seen', ...more });
/** The customer sends something other than text; `text` goes with it where the channel allows. */
export const send = (at: string, extra: Extra, text = '', more: More = {}): Step => ({
  at,
  kind: 'say',
  text,
  extra,
  ...more,
});
/** The shop's system records an order. */
export const order = (at: string, text: string, as: string): Step => ({ at, kind: 'order', text, as });
/** The customer comes into the shop; `text` is what for. */
export const visit = (at: string, text: string): Step => ({ at, kind: 'visit', text });
/** The customer calls. */
export const call = (at: string, as: string): Step => ({ at, kind: 'call', as });
/** An order or a call goes on: the next word of its system. */
export const progress = (at: string, of: string, text: string, more: More = {}): Step => ({
  at,
  kind: 'progress',
  of,
  text,
  ...more,
});
