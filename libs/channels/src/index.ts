export * from './channel-adapter.js';
export * from './imap/index.js';
export * from './smpp/index.js';
export * from './shared/mail/mail-address.js';
export { openMailPart } from './shared/mail/mail-parts.js';
export type { CheckedSeal, CheckedSignature, MailCheck } from './shared/mail/mail-check.js';
export * from './shared/mail/received-mail.js';
export * from './registry.js';
export * from './youtube/index.js';
