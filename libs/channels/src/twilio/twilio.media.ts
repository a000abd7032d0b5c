import type { MediaAccess } from '../channel-adapter.js';

const API = 'https://api.twilio.com/';

/**
 * Media of MMS: the API sends an account's own program on to storage.
 *
 * @see Twilio docs, "Media resource"; storage hosts as observed
 */
export const twilioMedia: MediaAccess = {
  hosts: ['api.twilio.com', 'twiliocdn.com', 'amazonaws.com'],
  // A recording is told of some seconds before it is there.
  lateByMs: 600_000,
  requestFor({ locator, source }, { secrets }) {
    if (source !== 'url' || !locator.startsWith(API)) return undefined;
    const credential = Buffer.from(`${secrets['account_sid']}:${secrets['auth_token']}`).toString('base64');
    return { url: locator, headers: { authorization: `Basic ${credential}` } };
  },
};
