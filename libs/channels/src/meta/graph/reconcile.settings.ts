import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import type { CommentPace } from '../../comment-access.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Webhooks tell of everything under a page but what is lost; under Instagram of no edit and no deletion. */
const DEFAULT_MINUTES = { facebook_comment: 1_440, instagram_comment: 60 };

const settingsSchema = z.object({
  reconcile: z.boolean().default(false),
  reconcile_minutes: z.int().min(10).max(10_080).optional(),
  reconcile_days: z.int().min(1).max(90).default(7),
  private_replies: z.boolean().default(false),
});

/** Problems of the settings and secrets by which comments are read besides those that webhooks tell of. */
export function reconcileProblems({ settings, secrets }: ChannelAccount): readonly string[] {
  const read = settingsSchema.safeParse(settings);
  if (!read.success) return read.error.issues.map(({ path, message }) => `settings.${path.join('.')}: ${message}`);
  return read.data.reconcile && !secrets['access_token']
    ? ['secrets.access_token: missing; settings.reconcile needs a token of the page or account']
    : [];
}

/** @returns undefined for an account that does not say `reconcile: true` @throws ZodError for one that {@link reconcileProblems} reports on */
export function reconcilePace({ channel, settings }: ChannelAccount): CommentPace | undefined {
  const read = settingsSchema.parse(settings);
  if (!read.reconcile) return undefined;
  const usual = channel === 'instagram_comment' ? DEFAULT_MINUTES.instagram_comment : DEFAULT_MINUTES.facebook_comment;
  return {
    lookMs: MINUTE_MS,
    asksForNew: false,
    recentMs: (read.reconcile_minutes ?? usual) * MINUTE_MS,
    recentForMs: read.reconcile_days * DAY_MS,
    fullMs: undefined,
  };
}
