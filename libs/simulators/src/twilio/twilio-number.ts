import type { ProviderRequest } from '../delivery/provider-request.js';
import { twilioSignature } from './twilio-signature.js';

/** A number at Twilio and the account that owns it. */
export interface TwilioNumberOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Our number, E.164. */
  readonly number: string;
  /** The URL configured at Twilio, which is the one that is signed. */
  readonly publicUrl: string;
  /** Where the request really goes, for example `/webhooks/sms/hotline-sms`. */
  readonly path: string;
}

/** An incoming text; Twilio gives it no time. */
export interface TwilioMessage {
  /** `SM` and 32 hexadecimal digits. */
  readonly sid: string;
  readonly from: string;
  readonly text: string;
  readonly media?: readonly { readonly url: string; readonly mediaType: string }[];
}

/** A step in the life of a message that we sent. */
export interface TwilioStatus {
  readonly sid: string;
  readonly to: string;
  readonly status: 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed';
  readonly errorCode?: string;
}

/** A number at Twilio as its webhook sees it: signed forms. */
export class TwilioNumber {
  constructor(private readonly options: TwilioNumberOptions) {}

  incoming({ sid, from, text, media = [] }: TwilioMessage): ProviderRequest {
    const files = media.flatMap(({ url, mediaType }, index): [string, string][] => [
      [`MediaUrl${index}`, url],
      [`MediaContentType${index}`, mediaType],
    ]);
    return this.post([
      ...this.idsOf(sid),
      ['From', from],
      ['To', this.options.number],
      ['Body', text],
      ['NumSegments', String(Math.max(1, Math.ceil(text.length / 67)))],
      ['NumMedia', String(media.length)],
      ...files,
      ['SmsStatus', 'received'],
      ['FromCountry', 'VN'],
      ['ToCountry', 'VN'],
    ]);
  }

  status({ sid, to, status, errorCode }: TwilioStatus): ProviderRequest {
    return this.post([
      ...this.idsOf(sid),
      ['From', this.options.number],
      ['To', to],
      ['MessageStatus', status],
      ['SmsStatus', status],
      ...(errorCode === undefined ? [] : [['ErrorCode', errorCode] satisfies [string, string]]),
    ]);
  }

  private idsOf(sid: string): [string, string][] {
    return [
      ['MessageSid', sid],
      ['SmsSid', sid],
      ['SmsMessageSid', sid],
      ['AccountSid', this.options.accountSid],
      ['ApiVersion', '2010-04-01'],
    ];
  }

  private post(fields: [string, string][]): ProviderRequest {
    const form = new URLSearchParams(fields);
    return {
      method: 'POST',
      path: this.options.path,
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': twilioSignature(this.options.authToken, this.options.publicUrl, form),
      },
      body: Buffer.from(form.toString()),
    };
  }
}
