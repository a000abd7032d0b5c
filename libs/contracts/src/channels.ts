/**
 * Channels that a connector of this version serves. The set of channels on the wire is open: consumers accept names
 * that are not listed here (architecture, section 1).
 */
export const CHANNELS = ['messenger', 'zalo', 'sms', 'facebook_comment', 'email'] as const;

/** A medium, for example `zalo`. */
export type Channel = (typeof CHANNELS)[number];

/** The connector service of each channel; also the name in its dead-letter topic. */
export const CONNECTOR_OF_CHANNEL = {
  messenger: 'chat',
  zalo: 'chat',
  sms: 'sms',
  facebook_comment: 'social',
  email: 'email',
} as const satisfies Record<Channel, string>;

/** Tells whether a string names a channel of this version. */
export function isChannel(value: string): value is Channel {
  return (CHANNELS as readonly string[]).includes(value);
}
