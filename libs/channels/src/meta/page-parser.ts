import type { ChannelAccount } from '@app/kernel';
import type { IgnoredElement, ParseContext, ParsedEvent, ParseResult, RejectedElement } from '../channel-adapter.js';
import { exceedsRecord, objectOf, rejectElement, textOf, verificationOf, type JsonObject } from '../shared/index.js';
import { mapChange } from './feed.mapper.js';
import { mapInstagramChange } from './instagram-comment.mapper.js';
import type { Mapped, Subject } from './mapping.js';
import { mapMessaging } from './messenger.mapper.js';
import { readPageBody, type PageElement, type PageProblem } from './page-body.js';

/** `entry.id` of what the dashboard's Test button sends: no real page, no real person. */
const TEST_PAGE = '0';
/** Fields of `changes[]` that are about posts; any other field whose value has two sides is a message. */
const FEED_FIELDS = new Set(['feed', 'mention', 'ratings', 'leadgen', 'comments', 'live_comments', 'mentions']);

/** A messaging item may come as the value of a change; then that value is the item. */
function asMessaging(element: PageElement): PageElement {
  if (element.list !== 'changes') return element;
  const change = objectOf(element.value);
  const value: JsonObject | undefined = objectOf(change?.value);
  const isMessage = value !== undefined && !FEED_FIELDS.has(textOf(change?.field) ?? '');
  if (!isMessage || (value.sender === undefined && value.recipient === undefined)) return element;
  return { ...element, list: 'messaging', value };
}

type PageChannel = 'messenger' | 'facebook_comment' | 'instagram' | 'instagram_comment';

/** The two channels of an object, and what reads the elements of each. */
export interface PageFamily {
  readonly chat: PageChannel;
  readonly comments: PageChannel;
  mapMessaging(subject: Subject): Mapped;
  mapChange(subject: Subject): Mapped;
}

/** Facebook pages: the object `page`. */
export const FACEBOOK: PageFamily = { chat: 'messenger', comments: 'facebook_comment', mapMessaging, mapChange };

/** Professional accounts of Instagram: the object `instagram`. */
export const INSTAGRAM: PageFamily = {
  chat: 'instagram',
  comments: 'instagram_comment',
  mapMessaging,
  mapChange: mapInstagramChange,
};

/** Reads one body; holds what it found. */
class PageParser {
  readonly events: ParsedEvent[] = [];
  readonly rejected: RejectedElement[] = [];
  readonly ignored: IgnoredElement[] = [];
  private readonly receivedText: string;
  private readonly verification: Subject['verification'];

  constructor(
    private readonly context: ParseContext,
    private readonly family: PageFamily,
  ) {
    this.receivedText = context.receivedAt.toISOString();
    this.verification = verificationOf(context);
  }

  add(found: PageElement | PageProblem): void {
    if ('ignore' in found) this.ignored.push({ reason: found.ignore });
    else if ('reject' in found) this.reject(found.reject, found.detail, found.bytes, this.context.account);
    else this.addElement(asMessaging(found));
  }

  private addElement(element: PageElement): void {
    const { pageId } = element;
    if (pageId === TEST_PAGE) {
      this.ignored.push({ reason: 'console_test' });
      return;
    }
    const { family } = this;
    const isChange = element.list === 'changes';
    const channel = isChange ? family.comments : family.chat;
    const account = pageId === undefined ? undefined : this.accountOf(pageId, channel);
    if (pageId === undefined || account === undefined) {
      const page = pageId === undefined ? 'no page' : `page ${pageId.slice(0, 64)}`;
      this.reject('unknown_account', `${page} has no ${channel} account`, element.bytes, this.context.account);
      return;
    }
    const { receivedText, verification } = this;
    const { receivedAt } = this.context;
    const subject: Subject = { element, account, pageId, receivedAt, receivedText, verification };
    this.addMapped(isChange ? family.mapChange(subject) : family.mapMessaging(subject), element, account);
  }

  private addMapped(mapped: Mapped, { bytes }: PageElement, account: ChannelAccount): void {
    if ('ignore' in mapped) this.ignored.push({ reason: mapped.ignore });
    else if ('reject' in mapped) this.reject(mapped.reject, mapped.detail, bytes, account);
    else if (exceedsRecord(mapped.event, bytes.length)) {
      this.reject('too_large', `an element of ${bytes.length} bytes`, bytes, account);
    } else this.events.push({ event: mapped.event, account, senderId: mapped.senderId });
  }

  private reject(code: RejectedElement['code'], detail: string, bytes: Buffer, account: ChannelAccount): void {
    this.rejected.push(rejectElement(code, detail, { accountId: account.id, bytes }));
  }

  private accountOf(pageId: string, channel: PageChannel): ChannelAccount | undefined {
    const { account, accounts } = this.context;
    const serves = (one: ChannelAccount): boolean =>
      one.channel === channel && one.provider === 'meta' && one.externalId === pageId;
    return serves(account) ? account : accounts.find(serves);
  }
}

/**
 * Parses a delivery for pages, or for accounts of Instagram, which come alike. Meta knows one callback for each app and object, so messages and comments of all pages
 * of an app arrive at the same address: each element goes to the account of its own page and channel, whichever
 * account's address received it.
 */
export function parsePageBody(body: Buffer, context: ParseContext, family: PageFamily = FACEBOOK): ParseResult {
  const parser = new PageParser(context, family);
  for (const found of readPageBody(body)) parser.add(found);
  return parser;
}
