import {
  GATEWAY_RETRIES,
  META_RETRIES,
  MetaPage,
  PhoneExchange,
  ShopSystem,
  ShortCodeGateway,
  STANDARD_WEBHOOK_RETRIES,
  TWILIO_RETRIES_ASKED_FOR,
  TwilioNumber,
  WebSite,
  WHATSAPP_RETRIES,
  WhatsAppNumber,
  ZALO_RETRIES,
  ZaloOa,
  type ProviderRequest,
  type RetryPolicy,
} from '@app/simulators';
import type { DemoAccount } from './demo-accounts.js';
import type { Outgoing, OutgoingWebhook } from './outgoing.js';
import type { PlannedStep } from './planned-step.js';
import type { DemoAccountId } from './script/step.js';
import { phoneReport } from './voices/call-voice.js';
import { commentValue } from './voices/comment-voice.js';
import { mailOf } from './voices/mail-voice.js';
import { messengerItem } from './voices/messenger-voice.js';
import { shopEvent } from './voices/shop-voice.js';
import { zaloEvent } from './voices/zalo-voice.js';

/** Steps at most this far apart may share one POST of Meta. */
const BATCH_MS = 2 * 60_000;
const BATCH_SIZE = 4;
const WRONG_SECRET = 'not-the-secret-of-this-account';

/** Makes one request of the steps that go together. */
type Voice = (steps: readonly PlannedStep[], account: DemoAccount, now: Date) => ProviderRequest;

const only = (steps: readonly PlannedStep[]): PlannedStep => steps[0]!;
const secretOf = (account: DemoAccount, name: string, steps: readonly PlannedStep[]): string =>
  only(steps).step.oddity === 'forged' ? WRONG_SECRET : (account.secrets[name] ?? '');

const pageOf = (account: DemoAccount, path: string, steps: readonly PlannedStep[]): MetaPage =>
  new MetaPage({ pageId: account.external_id, appSecret: secretOf(account, 'app_secret', steps), path });

const VOICES: Readonly<
  Record<Exclude<DemoAccountId, 'hotro'>, { readonly policy: RetryPolicy; readonly voice: Voice }>
> = {
  'fb-shop': {
    policy: META_RETRIES,
    voice: (steps, account) =>
      pageOf(account, '/webhooks/messenger/fb-shop', steps).chat(
        steps.map((step) => messengerItem(step, account.external_id)),
        only(steps).sentAt,
      ),
  },
  'shop-comments': {
    policy: META_RETRIES,
    voice: (steps, account) =>
      pageOf(account, '/webhooks/facebook_comment/shop-comments', steps).feed(
        steps.map((step) => commentValue(step, account.external_id)),
        only(steps).at,
      ),
  },
  'oa-shop': {
    policy: ZALO_RETRIES,
    voice: (steps, account) =>
      new ZaloOa({
        appId: String(account.settings['app_id']),
        oaSecretKey: secretOf(account, 'oa_secret_key', steps),
        path: '/webhooks/zalo/oa-shop',
      }).post(zaloEvent(only(steps), account.external_id)),
  },
  'hotline-sms': {
    policy: TWILIO_RETRIES_ASKED_FOR,
    voice: (steps, account) =>
      new TwilioNumber({
        accountSid: account.secrets['account_sid'] ?? '',
        authToken: secretOf(account, 'auth_token', steps),
        number: account.external_id,
        publicUrl: String(account.settings['public_url']),
        path: '/webhooks/sms/hotline-sms',
      }).incoming({ sid: only(steps).id, from: only(steps).person.phone, text: only(steps).step.text ?? '' }),
  },
  'sms-vn': {
    policy: GATEWAY_RETRIES,
    voice: (steps, account) =>
      new ShortCodeGateway({
        clientId: 'omniline-demo',
        serviceId: account.external_id,
        secureKey: secretOf(account, 'hash_key', steps),
        path: '/webhooks/sms/sms-vn',
      }).incoming({
        requestId: only(steps).id,
        phone: only(steps).person.phone.slice(1),
        text: only(steps).step.text ?? '',
        sentAt: only(steps).at,
      }),
  },
  'wa-shop': {
    policy: WHATSAPP_RETRIES,
    voice: (steps, account) =>
      new WhatsAppNumber({
        businessId: '330000000000001',
        phoneNumberId: account.external_id,
        appSecret: secretOf(account, 'app_secret', steps),
        path: '/webhooks/whatsapp/wa-shop',
      }).post(
        steps.map(({ id, at, step, person }) => ({
          id,
          at,
          text: step.text ?? '',
          from: { number: person.phone.slice(1), userId: person.whatsappId, name: person.name },
        })),
      ),
  },
  'cua-hang': {
    policy: STANDARD_WEBHOOK_RETRIES,
    voice: (steps, account, now) =>
      new ShopSystem({
        signingSecret: secretOf(account, 'signing_secret', steps),
        path: '/webhooks/events/cua-hang',
        signedAt: now,
      }).post(steps.map(shopEvent)),
  },
  'tong-dai': {
    policy: STANDARD_WEBHOOK_RETRIES,
    voice: (steps, account) =>
      new PhoneExchange({
        signingSecret: secretOf(account, 'signing_secret', steps),
        path: '/webhooks/voice/tong-dai',
        ourNumber: account.external_id,
      }).report(phoneReport(only(steps))),
  },
  'lien-he': {
    policy: STANDARD_WEBHOOK_RETRIES,
    voice: (steps, account) => {
      const { id, step, at, person } = only(steps);
      return new WebSite({ token: secretOf(account, 'token', steps), path: '/webhooks/webform/lien-he' }).submit({
        'Họ và tên': person.name,
        'Số điện thoại': person.phone.replace('+84', '0'),
        'Nội dung': step.text ?? '',
        submission_id: id,
        submitted_at: at.toISOString(),
      });
    },
  },
};

const BATCHING: ReadonlySet<DemoAccountId> = new Set(['fb-shop', 'shop-comments']);

/** Comments share a POST only with what happened in the same minute: the entry has one time for all. */
function goesWith(batch: readonly PlannedStep[], next: PlannedStep): boolean {
  const first = batch[0];
  if (first === undefined || batch.length >= BATCH_SIZE || !BATCHING.has(next.account)) return false;
  if (first.step.oddity !== undefined || next.step.oddity !== undefined) return false;
  const apart = next.sentAt.getTime() - first.sentAt.getTime();
  return next.account === 'fb-shop' ? apart <= BATCH_MS : apart === 0 && next.at.getTime() === first.at.getTime();
}

/** Groups the steps of one account into requests, in the order in which they are sent. */
function batchesOf(steps: readonly PlannedStep[]): readonly PlannedStep[][] {
  const batches: PlannedStep[][] = [];
  for (const step of [...steps].sort((left, right) => left.sentAt.getTime() - right.sentAt.getTime())) {
    const last = batches.at(-1);
    if (last !== undefined && goesWith(last, step)) last.push(step);
    else batches.push([step]);
  }
  return batches;
}

function webhook(steps: readonly PlannedStep[], account: DemoAccount, now: Date): OutgoingWebhook {
  const { policy, voice } = VOICES[only(steps).account as keyof typeof VOICES];
  return {
    kind: 'webhook',
    account: only(steps).account,
    at: steps.at(-1)!.sentAt,
    request: voice(steps, account, now),
    policy,
    elements: steps.length,
    oddity: only(steps).step.oddity,
  };
}

/**
 * Turns the steps of a day into what the providers put on the wire.
 *
 * @param accounts by id
 * @param now when requests are signed whose signature holds a time
 * @throws Error when an account is missing
 */
export function compileDay(
  steps: readonly PlannedStep[],
  accounts: ReadonlyMap<string, DemoAccount>,
  now: Date,
): readonly Outgoing[] {
  const ids = [...new Set(steps.map(({ account }) => account))];
  return ids.flatMap((id): Outgoing[] => {
    const account = accounts.get(id);
    if (account === undefined) throw new Error(`the accounts file has no account ${id}`);
    const own = steps.filter((step) => step.account === id);
    if (id !== 'hotro') return batchesOf(own).map((batch) => webhook(batch, account, now));
    return own.map((step) => ({
      kind: 'mail',
      account: id,
      at: step.sentAt,
      receivedAt: step.at,
      raw: mailOf(step, account.external_id),
    }));
  });
}
