import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import type { MediaAccess } from '../channel-adapter.js';

/** A domain: no scheme, no path, no address by numbers, and not all that ends in `com`. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const settingsSchema = z.object({
  media_hosts: z
    .array(z.string().regex(DOMAIN, 'a domain in lower case, for example "media.viber.example"'))
    .max(20)
    .default([]),
});

/** Problems of `settings.media_hosts`, with paths relative to the account. */
export function viberMediaProblems({ settings }: ChannelAccount): readonly string[] {
  const issues = settingsSchema.safeParse(settings).error?.issues ?? [];
  return issues.map(({ path, message }) => `settings.${path.join('.')}: ${message}`);
}

/**
 * Pictures, films, files and stickers of a message: their addresses need no credential. Viber names no hosts; these were
 * observed, and an account may name more.
 *
 * @see docs/channels/viber.md
 */
export const viberMedia: MediaAccess = {
  hosts: ['viber.com'],
  moreHosts: ({ settings }) => settingsSchema.parse(settings).media_hosts,
};
