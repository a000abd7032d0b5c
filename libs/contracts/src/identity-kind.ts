/**
 * Kinds of identity and the text form that `GET /v1/customers?identity=` takes (identity design, decision 8).
 *
 * - `phone:<E.164>` and `email:<address>` are global: their scope is empty.
 * - `email_unverified` is the twin of an address that an unauthenticated mail named in its `From`.
 * - `sender_label` is a short code, a brandname or a hidden caller: it keeps its messages and identifies nobody.
 * - `zalo_app_user` is one person in all official accounts and mini apps of an app; `external` is known to another system.
 * - `telegram_user` and `youtube_channel` are one person everywhere: their scope is empty.
 * - the others mean something only within their scope (page, official account, business portfolio, bot, provider, …).
 */
export const IDENTITY_KINDS = [
  'phone',
  'email',
  'email_unverified',
  'messenger_psid',
  'facebook_user',
  'instagram_user',
  'whatsapp_user',
  'telegram_user',
  'viber_user',
  'line_user',
  'youtube_channel',
  'zalo_user',
  'zalo_app_user',
  'zalo_anonymous',
  'livechat_visitor',
  'external',
  'sender_label',
] as const;

/** Name of a kind of identity known to this version. */
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/**
 * How far a message proves its sender (identity design, section 3.2): `A2` the platform vouches for it, `A1` weak,
 * `A0` none.
 */
export const AUTHENTICITIES = ['A0', 'A1', 'A2'] as const;

/** Authenticity of a sender. */
export type Authenticity = (typeof AUTHENTICITIES)[number];
