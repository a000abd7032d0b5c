export * from './imap-settings.js';
export * from './imap.provider.js';
export type { OAuthSettings } from './oauth-settings.js';
export * from './pulled-mail.js';
