import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { CHANNELS, type Channel } from '@app/contracts';
import { ConfigError } from './errors.js';

const accountSchema = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'lower-case letters, digits and dashes, 1 to 63 characters, for example "fb-shop"',
    ),
  channel: z.enum(CHANNELS),
  provider: z.string().min(1, 'the provider, for example "meta"'),
  external_id: z.string({ error: 'a quoted string: the page, official account, number or mailbox' }).min(1),
  settings: z.record(z.string(), z.unknown()).default({}),
  secrets: z.record(z.string(), z.string({ error: 'a string; quote it when it looks like a number' })).default({}),
});

const fileSchema = z.strictObject({ accounts: z.array(accountSchema) });

/** One of our presences on a channel, as configured. `secrets` are never logged. */
export interface ChannelAccount {
  readonly id: string;
  readonly channel: Channel;
  readonly provider: string;
  /** Page, official account, number or mailbox at the provider. */
  readonly externalId: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Checks one account against what its provider needs; returns problems with paths relative to the account. */
export type AccountCheck = (account: ChannelAccount) => readonly string[];

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Replaces `${NAME}` and `${NAME:-default}` in every string of a document; reports names that are not set. */
function substitute(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: string,
  problems: string[],
): unknown {
  if (typeof value === 'string') {
    return value.replace(PLACEHOLDER, (_all, name: string, fallback: string | undefined) => {
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      if (fallback !== undefined) return fallback;
      problems.push(`${path}: the variable ${name} is not set`);
      return '';
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, env, `${path}[${index}]`, problems));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        substitute(item, env, path === '' ? key : `${path}.${key}`, problems),
      ]),
    );
  }
  return value;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

function duplicateProblems(accounts: readonly ChannelAccount[]): string[] {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  for (const [index, account] of accounts.entries()) {
    for (const [what, key] of [
      ['id', account.id],
      ['channel and external_id', `${account.channel} ${account.externalId}`],
    ] as const) {
      const first = seen.get(`${what} ${key}`);
      if (first === undefined) seen.set(`${what} ${key}`, index);
      else problems.push(`accounts[${index}]: same ${what} as accounts[${first}]`);
    }
  }
  return problems;
}

/**
 * Reads the accounts file.
 *
 * @param yaml text of the file
 * @param env values for `${NAME}`
 * @param check what each provider demands of its accounts
 * @throws ConfigError with every problem and its path, for example `accounts[1].external_id: …`
 */
export function parseAccounts(
  yaml: string,
  env: Readonly<Record<string, string | undefined>>,
  check: AccountCheck,
): readonly ChannelAccount[] {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ConfigError([`accounts file: not YAML: ${error.message}`]);
    throw error;
  }
  const problems: string[] = [];
  const parsed = fileSchema.safeParse(substitute(document ?? { accounts: [] }, env, '', problems));
  if (!parsed.success) {
    throw new ConfigError([
      ...problems,
      ...parsed.error.issues.map((issue) => `${pathOf(issue.path) || 'accounts file'}: ${issue.message}`),
    ]);
  }
  const accounts = parsed.data.accounts.map(({ external_id: externalId, ...rest }): ChannelAccount => ({
    ...rest,
    externalId,
  }));
  problems.push(...duplicateProblems(accounts));
  for (const [index, account] of accounts.entries()) {
    problems.push(...check(account).map((problem) => `accounts[${index}].${problem}`));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return accounts;
}
