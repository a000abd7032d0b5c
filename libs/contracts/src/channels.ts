/**
 * Channels of this version with the connector service that serves each; the service's name also stands in its dead-letter
 * topic. The set is open on the wire: consumers accept names that are not listed here (architecture, section 1).
 */
export const CONNECTOR_OF_CHANNEL = {
  messenger: 'chat',
  zalo: 'chat',
  instagram: 'chat',
  whatsapp: 'chat',
  telegram: 'chat',
  viber: 'chat',
  line: 'chat',
  sms: 'sms',
  facebook_comment: 'social',
  instagram_comment: 'social',
  youtube_comment: 'social',
  email: 'email',
  voice: 'voice',
  events: 'commerce',
  webform: 'commerce',
  visit: 'commerce',
  order: 'commerce',
} as const;

/** A medium, for example `zalo`. */
export type Channel = keyof typeof CONNECTOR_OF_CHANNEL;

/** Name of a connector service. */
export type Connector = (typeof CONNECTOR_OF_CHANNEL)[Channel];

/** Every channel; `messenger` is the example of documents. */
export const CHANNELS = Object.keys(CONNECTOR_OF_CHANNEL) as [Channel, ...Channel[]];

/** Channels that a connector serves. */
export function channelsOf(connector: Connector): readonly Channel[] {
  return CHANNELS.filter((channel) => CONNECTOR_OF_CHANNEL[channel] === connector);
}

/** Tells whether a string names a channel of this version. */
export function isChannel(value: string): value is Channel {
  return Object.hasOwn(CONNECTOR_OF_CHANNEL, value);
}
