import type { DeliveryStatus } from '@app/contracts';

/** `MessageStatus` of a status callback to our vocabulary; what is not listed is not guessed. */
export const STATUS_TABLE: Readonly<Record<string, DeliveryStatus>> = {
  accepted: 'queued', // taken by a messaging service that has yet to choose a number
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued', // on its way to the carrier
  sent: 'sent', // the carrier took it
  delivered: 'delivered',
  undelivered: 'failed', // the carrier reported that it did not arrive
  failed: 'failed', // it never left Twilio
  canceled: 'failed', // a scheduled message was called off
  read: 'read', // rich channels only
};

/** Meanings of `ErrorCode`, for people. */
export const ERROR_TITLES: Readonly<Record<string, string>> = {
  20003: 'Authentication failed',
  20429: 'Too many requests',
  21211: 'Invalid number',
  21217: 'Invalid number',
  21408: 'Region not enabled',
  21610: 'Recipient opted out',
  21614: 'Not a mobile number',
  21617: 'Body too long',
  30001: 'Queue overflow',
  30003: 'Unreachable handset',
  30004: 'Message blocked',
  30005: 'Unknown handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
  63018: 'Rate limit of the channel',
};
