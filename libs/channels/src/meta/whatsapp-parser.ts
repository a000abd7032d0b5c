import type { ChannelAccount } from '@app/kernel';
import type { IgnoredElement, ParseContext, ParsedEvent, ParseResult, RejectedElement } from '../channel-adapter.js';
import { exceedsRecord, rejectElement, verificationOf } from '../shared/index.js';
import type { Subject } from './mapping.js';
import type { PageProblem } from './page-body.js';
import { readWhatsAppBody, type WhatsAppElement } from './whatsapp-body.js';
import { mapWhatsApp } from './whatsapp.mapper.js';

/** Reads one body; holds what it found. */
class WhatsAppParser {
  readonly events: ParsedEvent[] = [];
  readonly rejected: RejectedElement[] = [];
  readonly ignored: IgnoredElement[] = [];

  private readonly receivedText: string;
  private readonly verification: Subject['verification'];

  constructor(private readonly context: ParseContext) {
    this.receivedText = context.receivedAt.toISOString();
    this.verification = verificationOf(context);
  }

  add(found: WhatsAppElement | PageProblem): void {
    if ('ignore' in found) this.ignored.push({ reason: found.ignore });
    else if ('reject' in found) this.reject(found.reject, found.detail, found.bytes);
    else this.addElement(found);
  }

  private addElement(whatsapp: WhatsAppElement): void {
    const { phoneNumberId, bytes, field, context } = whatsapp;
    const account = this.accountOf(phoneNumberId);
    if (account === undefined) {
      const code = phoneNumberId === undefined ? 'unsupported_content' : 'unknown_account';
      const detail =
        phoneNumberId === undefined ? `${field.slice(0, 64)} of no number` : `number ${phoneNumberId.slice(0, 64)}`;
      return this.reject(code, detail, bytes);
    }
    const { receivedText, verification } = this;
    const mapped = mapWhatsApp({
      whatsapp,
      element: { pageId: undefined, list: 'changes', value: whatsapp.value, bytes, entryTime: undefined, context },
      account,
      pageId: account.externalId,
      receivedAt: this.context.receivedAt,
      receivedText,
      verification,
    });
    if ('ignore' in mapped) this.ignored.push({ reason: mapped.ignore });
    else if ('reject' in mapped) this.reject(mapped.reject, mapped.detail, bytes, account);
    else if (exceedsRecord(mapped.event, bytes.length)) {
      this.reject('too_large', `an element of ${bytes.length} bytes`, bytes, account);
    } else this.events.push({ event: mapped.event, account, senderId: mapped.senderId });
  }

  private reject(
    code: RejectedElement['code'],
    detail: string,
    bytes: Buffer,
    { id }: ChannelAccount = this.context.account,
  ): void {
    this.rejected.push(rejectElement(code, detail, { accountId: id, bytes }));
  }

  private accountOf(phoneNumberId: string | undefined): ChannelAccount | undefined {
    const { account, accounts } = this.context;
    const serves = ({ channel, provider, externalId }: ChannelAccount): boolean =>
      channel === 'whatsapp' && provider === 'meta' && externalId === phoneNumberId;
    return serves(account) ? account : accounts.find(serves);
  }
}

/**
 * Parses a delivery for WhatsApp numbers. An app has one callback for all its numbers, so each element goes to the
 * account of its own number, whichever account's address received it.
 */
export function parseWhatsAppBody(body: Buffer, context: ParseContext): ParseResult {
  const parser = new WhatsAppParser(context);
  for (const found of readWhatsAppBody(body)) parser.add(found);
  return parser;
}
