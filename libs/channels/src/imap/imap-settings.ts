import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import { mailboxProblems, MAIL_POLICY } from '../shared/mail/mail-policy.js';
import { neededSecrets, oauthSchema, toOAuthSettings, type OAuthSettings } from './oauth-settings.js';
import { readOnce } from '../shared/read-once.js';

const MIB = 1_048_576;
const DAY_MS = 86_400_000;

const settingsSchema = z.object({
  imap: z.object({
    host: z.string({ error: 'the server, for example "imap.example.vn"' }).min(1),
    port: z.int().min(1).max(65_535).default(993),
    /** TLS from the first byte; otherwise STARTTLS is demanded unless `insecure` is set or the server is local. */
    secure: z.boolean().optional(),
    insecure: z.boolean().default(false),
  }),
  oauth: oauthSchema.optional(),
  mailbox: z.string().min(1).default('INBOX'),
  watch: z.array(z.string().min(1)).default([]),
  sent_mailbox: z.string().min(1).optional(),
  ...MAIL_POLICY,
  history: z
    .string()
    .regex(
      /^(none|all|\d{1,5}d|\d{4}-\d{2}-\d{2})$/,
      '"none", "all", days such as "30d", or a date such as "2026-01-31"',
    )
    .refine((text) => !text.includes('-') || !Number.isNaN(Date.parse(text)), 'a date that exists')
    .default('30d'),
  max_mail_bytes: z
    .int()
    .min(MIB)
    .max(256 * MIB)
    .default(30 * MIB),
  check_signatures: z.boolean().default(false),
  poll_seconds: z.int().min(5).max(3_600).default(120),
});

/** How to reach and read one account's mailboxes. */
export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Without TLS from the start, the connection must be upgraded before the password is sent. */
  readonly requireStartTls: boolean;
  readonly user: string;
  /** Empty when the account logs in with access tokens. */
  readonly password: string;
  /** How to get access tokens; undefined for an account with a password. */
  readonly oauth?: OAuthSettings;
  /** Folders to watch, without repeats. */
  readonly folders: readonly string[];
  /** Folder of sent mail: what lies there was written by us. */
  readonly sentFolder?: string;
  readonly history: string;
  /** Larger mails are read in part, in bytes. */
  readonly maxMailBytes: number;
  readonly pollMs: number;
  /** Ask DNS for the keys of signatures that no trusted border has checked. */
  readonly checkSignatures: boolean;
}

const LOCAL = /^(localhost|127\.|::1$)/;

/** The grant that was meant by settings that are wrong elsewhere, so that every problem is told at once. */
function grantOf(oauth: unknown): OAuthSettings['grant'] | undefined {
  if (oauth === undefined) return undefined;
  const parsed = oauthSchema.shape.grant.safeParse((oauth as { grant?: unknown } | null)?.grant);
  return parsed.success ? parsed.data : 'refresh_token';
}

/** Problems of an account, with paths relative to it; empty when it can be used. */
export function imapProblems(account: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  const parsed = settingsSchema.safeParse(account.settings);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map(({ path, message }) => `settings.${path.join('.')}: ${message}`));
  }
  problems.push(...mailboxProblems(account));
  const grant = parsed.success ? parsed.data.oauth?.grant : grantOf(account.settings['oauth']);
  for (const name of neededSecrets(grant)) {
    if (!account.secrets[name]) problems.push(`secrets.${name}: must be set`);
  }
  return problems;
}

/** Every mail asks. Secrets are not kept. */
const checkedSettings = readOnce((settings: ChannelAccount['settings']) => settingsSchema.parse(settings));

/**
 * Settings of an account with their defaults.
 *
 * @throws ZodError for an account that {@link imapProblems} reports on
 */
export function readImapSettings(account: ChannelAccount): ImapSettings {
  const settings = checkedSettings(account.settings);
  const { host, port, insecure } = settings.imap;
  const secure = settings.imap.secure ?? port === 993;
  const folders = [settings.mailbox, ...settings.watch, ...(settings.sent_mailbox ? [settings.sent_mailbox] : [])];
  return {
    host,
    port,
    secure,
    requireStartTls: !secure && !insecure && !LOCAL.test(host),
    user: account.secrets['user'] ?? '',
    password: account.secrets['password'] ?? '',
    ...(settings.oauth === undefined ? {} : { oauth: toOAuthSettings(settings.oauth, account.secrets) }),
    folders: [...new Set(folders)],
    ...(settings.sent_mailbox === undefined ? {} : { sentFolder: settings.sent_mailbox }),
    history: settings.history,
    maxMailBytes: settings.max_mail_bytes,
    pollMs: settings.poll_seconds * 1_000,
    checkSignatures: settings.check_signatures,
  };
}

/** First instant of the history that is fetched at the first sync; undefined for all of it, `now` for none. */
export function historyStart(history: string, now: Date): Date | undefined {
  if (history === 'all') return undefined;
  if (history === 'none') return now;
  const days = /^(\d+)d$/.exec(history);
  return days === null ? new Date(`${history}T00:00:00Z`) : new Date(now.getTime() - Number(days[1]) * DAY_MS);
}
