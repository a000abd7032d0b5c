import type { Channel } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type { Ability, ChannelAdapter } from '../channel-adapter.js';
import { graphComments } from './graph/graph-comments.js';
import { INSTAGRAM_FAMILY, PAGE_FAMILY, type GraphFamily } from './graph/graph-comment.js';
import { reconcileProblems } from './graph/reconcile.settings.js';
import { metaProfile } from './meta.profile.js';
import { answerMetaHandshake, verifyMetaSignature } from './meta-signature.js';
import { INSTAGRAM, parsePageBody } from './page-parser.js';
import { parseWhatsAppBody } from './whatsapp-parser.js';
import { whatsAppMedia } from './whatsapp.media.js';

/** Up to 1,000 updates come in one POST; Meta's own limit is not documented. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** Meta waits 20 seconds, but counts slow answers against the app. */
const ANSWER_WITHIN_MS = 2_000;

/** Where Meta keeps what people send. @see Messenger Platform, message attachments; hosts as observed */
const MEDIA_HOSTS = ['fbcdn.net', 'fbsbx.com', 'cdninstagram.com'];

/** What every chat of Meta tells of. */
const CHAT: readonly Ability[] = [
  'message',
  'echo',
  'edit',
  'delete',
  'reaction',
  'receipt',
  'attachment',
  'reply',
  'unsupported',
];

/** Secrets that an account must have, with where to find them. */
const SECRETS = {
  app_secret: 'the App Secret, from the app dashboard under Settings, Basic',
  verify_token: 'the Verify Token that was entered beside the callback URL',
} as const;

/** What `external_id` is on each of Meta's products. */
const EXTERNAL_ID = {
  page: 'the id of the page, digits only, for example "106000000000001"',
  phoneNumber: 'the id of the phone number, digits only, for example "220000000000002"; not the number itself',
  instagram: 'the id of the professional account, digits only, for example "17841400000000077"; not its name',
} as const;

const checkMetaAccount =
  (meaning: string) =>
  ({ externalId, secrets }: ChannelAccount): readonly string[] => {
    const missing = Object.entries(SECRETS).filter(([name]) => (secrets[name] ?? '') === '');
    const problems = missing.map(([name, what]) => `secrets.${name}: missing; it is ${what}`);
    if (secrets.previous_app_secret === '') problems.push('secrets.previous_app_secret: empty; leave it out instead');
    if (!/^\d+$/.test(externalId)) problems.push(`external_id: ${meaning}`);
    return problems;
  };

const pageAdapter = (channel: Channel, abilities: readonly Ability[]): ChannelAdapter => ({
  channel,
  provider: 'meta',
  abilities,
  media: { hosts: MEDIA_HOSTS },
  maxBodyBytes: MAX_BODY_BYTES,
  answerWithinMs: ANSWER_WITHIN_MS,
  checkAccount: checkMetaAccount(EXTERNAL_ID.page),
  handshake: answerMetaHandshake,
  verify: verifyMetaSignature,
  parse: ({ body }, context) => parsePageBody(body, context),
  accepted: { status: 200, contentType: 'text/plain', body: 'EVENT_RECEIVED' },
  refused: { status: 401 },
});

/** Comments can be read besides: what webhooks lose, and what they do not tell of. */
const withReconciling = (adapter: ChannelAdapter, family: GraphFamily): ChannelAdapter => ({
  ...adapter,
  comments: graphComments(family),
  checkAccount: (account) => [...adapter.checkAccount(account), ...reconcileProblems(account)],
});

const instagramAdapterOf = (
  channel: 'instagram' | 'instagram_comment',
  abilities: readonly Ability[],
): ChannelAdapter => ({
  ...pageAdapter(channel, abilities),
  checkAccount: checkMetaAccount(EXTERNAL_ID.instagram),
  parse: ({ body }, context) => parsePageBody(body, context, INSTAGRAM),
});

/** Direct messages of Instagram. @see docs/channels/instagram.md */
export const instagramAdapter: ChannelAdapter = {
  ...instagramAdapterOf('instagram', CHAT),
  profile: metaProfile('instagram_user'),
};

/** Comments on posts of an Instagram account. @see docs/channels/instagram-comment.md */
export const instagramCommentAdapter: ChannelAdapter = withReconciling(
  instagramAdapterOf('instagram_comment', ['message', 'echo', 'comment', 'reply', 'unsupported']),
  INSTAGRAM_FAMILY,
);

/** Messages to our WhatsApp numbers. @see docs/channels/whatsapp.md */
export const whatsAppAdapter: ChannelAdapter = {
  ...pageAdapter('whatsapp', [...CHAT, 'claims']),
  media: whatsAppMedia,
  checkAccount: checkMetaAccount(EXTERNAL_ID.phoneNumber),
  parse: ({ body }, context) => parseWhatsAppBody(body, context),
};

/** Messages of Facebook pages. @see docs/channels/messenger.md */
export const messengerAdapter: ChannelAdapter = {
  ...pageAdapter('messenger', [...CHAT, 'claims']),
  profile: metaProfile('messenger_psid'),
};

/** Comments, posts of visitors and reviews on Facebook pages. @see docs/channels/facebook-comment.md */
export const facebookCommentAdapter: ChannelAdapter = withReconciling(
  pageAdapter('facebook_comment', [
    'message',
    'echo',
    'edit',
    'delete',
    'reaction',
    'comment',
    'attachment',
    'reply',
    'claims',
    'unsupported',
  ]),
  PAGE_FAMILY,
);
