export * from './imap-settings.js';
export * from './imap.provider.js';
export * from './mail-address.js';
export type { OAuthSettings } from './oauth-settings.js';
export { openMailPart } from './mail-parts.js';
export * from './parse-mail.js';
export * from './pulled-mail.js';
