import type { ChannelAccount } from '@app/kernel';
import type { ChannelProvider, MediaAccess, ProfileAccess, TokenAccess, WebhookAdapter } from './channel-adapter.js';
import type { CommentAccess } from './comment-access.js';
import { eventsAdapter } from './events/events.adapter.js';
import { genericCallsAdapter } from './generic-calls/generic-calls.adapter.js';
import { httpSmsAdapter } from './http-sms/http-sms.adapter.js';
import { infobipAdapter } from './infobip/infobip.adapter.js';
import { imapProvider } from './imap/imap.provider.js';
import { lineAdapter } from './line/line.adapter.js';
import {
  facebookCommentAdapter,
  instagramAdapter,
  instagramCommentAdapter,
  messengerAdapter,
  whatsAppAdapter,
} from './meta/index.js';
import { mailgunAdapter } from './mailgun/mailgun.adapter.js';
import { postmarkAdapter } from './postmark/postmark.adapter.js';
import { sendGridAdapter } from './sendgrid/sendgrid.adapter.js';
import { smppProvider } from './smpp/smpp.provider.js';
import { stringeeVoiceAdapter } from './stringee/stringee.adapter.js';
import { telegramAdapter } from './telegram/telegram.adapter.js';
import { twilioVoiceAdapter } from './twilio/twilio-voice.adapter.js';
import { twilioAdapter } from './twilio/twilio.adapter.js';
import { viberAdapter } from './viber/viber.adapter.js';
import { vonageAdapter } from './vonage/vonage.adapter.js';
import { webFormAdapter } from './web-form/web-form.adapter.js';
import { youtubeProvider } from './youtube/youtube.provider.js';
import { zaloBotAdapter } from './zalo-bot/zalo-bot.adapter.js';
import { zaloAdapter } from './zalo/zalo.adapter.js';

/** Every provider that delivers by webhook: one line each. */
export const WEBHOOK_ADAPTERS: readonly WebhookAdapter[] = [
  messengerAdapter,
  facebookCommentAdapter,
  instagramAdapter,
  instagramCommentAdapter,
  whatsAppAdapter,
  zaloAdapter,
  zaloBotAdapter,
  telegramAdapter,
  lineAdapter,
  viberAdapter,
  twilioAdapter,
  infobipAdapter,
  vonageAdapter,
  httpSmsAdapter,
  twilioVoiceAdapter,
  stringeeVoiceAdapter,
  genericCallsAdapter,
  eventsAdapter,
  sendGridAdapter,
  mailgunAdapter,
  postmarkAdapter,
  webFormAdapter,
];

/** Every provider from which we fetch: one line each. */
export const PULL_PROVIDERS: readonly ChannelProvider[] = [imapProvider, smppProvider, youtubeProvider];

const serves =
  (account: Pick<ChannelAccount, 'channel' | 'provider'>) =>
  (provider: ChannelProvider): boolean =>
    provider.channel === account.channel && provider.provider === account.provider;

const providerOf = (account: ChannelAccount): ChannelProvider | undefined =>
  [...WEBHOOK_ADAPTERS, ...PULL_PROVIDERS].find(serves(account));

/** How attachments of an account are fetched, with all hosts that may hand them out; undefined when they are not. */
export function mediaAccessOf(account: ChannelAccount): MediaAccess | undefined {
  const access = providerOf(account)?.media;
  const more = access?.moreHosts?.(account) ?? [];
  return access === undefined || more.length === 0 ? access : { ...access, hosts: [...access.hosts, ...more] };
}

/** How the provider of an account is asked about people; undefined when it is not. */
export function profileAccessOf(account: ChannelAccount): ProfileAccess | undefined {
  return providerOf(account)?.profile;
}

/** How an account is asked for comments; undefined when it is not. */
export function commentAccessOf(account: ChannelAccount): CommentAccess | undefined {
  const access = providerOf(account)?.comments;
  return access?.paceOf(account) === undefined ? undefined : access;
}

/** How the access token of an account is renewed; undefined when its provider's tokens do not change. */
export function tokenAccessOf(account: ChannelAccount): TokenAccess | undefined {
  return providerOf(account)?.token;
}

/** Makes a message of parts, for a provider whose messages come in such. */
export function joinOf(account: ChannelAccount): ChannelProvider['join'] {
  return providerOf(account)?.join;
}

/** The webhook adapter of an account; undefined when its provider does not deliver by webhook. */
export function webhookAdapterOf(account: Pick<ChannelAccount, 'channel' | 'provider'>): WebhookAdapter | undefined {
  return WEBHOOK_ADAPTERS.find(serves(account));
}

/**
 * Checks an account against what its provider demands.
 *
 * @returns problems with paths relative to the account; an unknown provider is one, with the known ones named
 */
export function checkAccount(account: ChannelAccount): readonly string[] {
  const provider = providerOf(account);
  if (provider !== undefined) return provider.checkAccount(account);
  const known: readonly ChannelProvider[] = [...WEBHOOK_ADAPTERS, ...PULL_PROVIDERS];
  const names = known.filter(({ channel }) => channel === account.channel).map((candidate) => candidate.provider);
  return [`provider: "${account.provider}" is not known on ${account.channel}; known: ${names.join(', ') || 'none'}`];
}
