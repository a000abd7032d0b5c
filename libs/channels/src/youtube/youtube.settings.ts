import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import type { CommentPace } from '../comment-access.js';

const DAY_MS = 86_400_000;

const settingsSchema = z.object({
  poll_seconds: z.int().min(10).max(3_600).default(60),
  rescan_minutes: z.int().min(5).max(1_440).default(30),
  rescan_days: z.int().min(1).max(90).default(7),
  full_scan_days: z.int().min(0).max(90).default(1),
  quota_per_day: z.int().min(100).max(100_000_000).default(8_000),
});

/** How often one channel is asked about, and at what cost. */
export interface YoutubeSettings {
  readonly pace: CommentPace;
  /** Units that may be spent between two midnights, Pacific time. */
  readonly perDay: number;
}

/** Problems of an account, with paths relative to it. */
export function youtubeProblems({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems = (settingsSchema.safeParse(settings).error?.issues ?? []).map(
    ({ path, message }) => `settings.${path.join('.')}: ${message}`,
  );
  if (!/^UC[\w-]{10,40}$/.test(externalId)) problems.push('external_id: the id of the channel, which begins with UC');
  if (!secrets['api_key']) problems.push('secrets.api_key: a key of the Data API');
  return problems;
}

/** @throws ZodError for an account that {@link youtubeProblems} reports on */
export function readYoutubeSettings({ settings }: Pick<ChannelAccount, 'settings'>): YoutubeSettings {
  const read = settingsSchema.parse(settings);
  return {
    pace: {
      lookMs: read.poll_seconds * 1_000,
      asksForNew: true,
      recentMs: read.rescan_minutes * 60_000,
      recentForMs: read.rescan_days * DAY_MS,
      fullMs: read.full_scan_days === 0 ? undefined : read.full_scan_days * DAY_MS,
    },
    perDay: read.quota_per_day,
  };
}
