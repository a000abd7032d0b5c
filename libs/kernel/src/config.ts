import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from './errors.js';

/** One setting: how its text is checked, what it means, and its default as text. */
interface Setting {
  readonly schema: z.ZodType;
  readonly about: string;
  readonly default?: string;
  readonly secret?: true;
}

const port = z.coerce.number().int().min(0).max(65_535);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
const milliseconds = z.coerce.number().int().min(1);

/** Every setting of every service, in the order of the README. Each may also come from a file named by `<NAME>_FILE`. */
export const SETTINGS = {
  PORT: { schema: port, default: '3000', about: 'HTTP port; 0 takes a free one and prints it' },
  HOST: {
    schema: z.string().min(1),
    default: '0.0.0.0',
    about: 'Address to listen on; the standalone run listens on 127.0.0.1 unless told otherwise',
  },
  OMNILINE_HOME: {
    schema: z.string().min(1),
    default: '.omniline',
    about: 'Folder for everything that the standalone run keeps',
  },
  OMNILINE_ACCOUNTS: { schema: z.string().min(1), default: 'config/accounts.yaml', about: 'The accounts file' },
  OMNILINE_API_KEY: {
    schema: z.string().min(16).optional(),
    about: 'First API key; made and printed when absent',
    secret: true,
  },
  OMNILINE_SECRET: {
    schema: z.string().min(32).optional(),
    about: 'Installation secret, the same for every service and for ever; keys for hashing are derived from it',
    secret: true,
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    about: 'PostgreSQL; absent: the standalone run starts its own',
    secret: true,
  },
  KAFKA_BROKERS: {
    schema: z.string().min(1).optional(),
    about: 'Comma-separated host:port; absent: the log in PostgreSQL',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    about: 'Least level that is logged',
  },
  APPEND_TIMEOUT_MS: {
    schema: milliseconds,
    default: '2000',
    about: 'Longest wait for the broker before a webhook is answered 503',
  },
  TRUSTED_PROXIES: {
    schema: z.string().min(1).optional(),
    about: 'Proxies whose X-Forwarded-For is believed: a number of hops, or addresses separated by commas',
  },
  UNIFIER_BATCH_RECORDS: {
    schema: z.coerce.number().int().min(1).max(5000),
    default: '1000',
    about: 'Most records in one batch',
  },
  OMNILINE_MEDIA: {
    schema: z
      .string()
      .regex(/^(?!https?:).+$|^https?:\/\/[^\s?#]+\/[^\s/?#]+\?region=[\w-]+$/)
      .optional(),
    about:
      'Where attachments are kept: a folder (default `media` in OMNILINE_HOME), or a bucket as https://host/bucket?region=name',
  },
  OMNILINE_MEDIA_KEY: {
    schema: z
      .string()
      .regex(/^[^:\s]+:\S+$/)
      .optional(),
    about: 'For a bucket: access key and secret key, separated by a colon',
    secret: true,
  },
  MEDIA_MAX_BYTES: {
    schema: z.coerce.number().int().min(1).max(104_857_600),
    default: '26214400',
    about: 'Largest attachment that is fetched, in bytes',
  },
  OMNILINE_JOINING_RULES: {
    schema: list,
    about: 'Rules of trust 2 that may join people here, separated by commas, for example numbering_plan_2018',
  },
  OMNILINE_OWN_CONTACTS: {
    schema: list,
    about: 'Numbers and addresses of the company besides its accounts, separated by commas: they are nobody’s',
  },
} as const satisfies Record<string, Setting>;

/** Checked settings by name. */
export interface Config {
  readonly PORT: number;
  readonly HOST: string;
  readonly OMNILINE_HOME: string;
  readonly OMNILINE_ACCOUNTS: string;
  readonly OMNILINE_API_KEY: string | undefined;
  readonly OMNILINE_SECRET: string | undefined;
  readonly DATABASE_URL: string | undefined;
  readonly KAFKA_BROKERS: string | undefined;
  readonly LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly APPEND_TIMEOUT_MS: number;
  readonly TRUSTED_PROXIES: string | undefined;
  readonly UNIFIER_BATCH_RECORDS: number;
  readonly OMNILINE_MEDIA: string | undefined;
  readonly OMNILINE_MEDIA_KEY: string | undefined;
  readonly MEDIA_MAX_BYTES: number;
  readonly OMNILINE_JOINING_RULES: readonly string[];
  readonly OMNILINE_OWN_CONTACTS: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the process, for the values that an accounts file names; everything else asks {@link loadConfig}. */
export const environment = (): Environment => process.env;

function rawValue(name: string, env: Environment, problems: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name] === '' ? undefined : env[name];
  if (!existsSync(file)) {
    problems.push(`${name}_FILE: there is no file ${file}`);
    return undefined;
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Builds the configuration of a process.
 *
 * @param env usually the process's environment
 * @param overrides defaults of one way to run, for example the standalone one
 * @throws ConfigError with every problem, each naming its setting
 */
export function loadConfig(
  env: Environment = process.env,
  overrides: Partial<Record<keyof Config, string>> = {},
): Config {
  const problems: string[] = [];
  const entries = Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const value = rawValue(name, env, problems) ?? overrides[name as keyof Config] ?? setting.default;
    const parsed = setting.schema.safeParse(value);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `${name}: ${issue.message} (${setting.about})`));
      return [name, undefined];
    }
    return [name, parsed.data];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(entries) as Config;
}

/** A setting that this process cannot do without. @throws ConfigError naming it */
export function requireSetting<K extends keyof Config>(config: Config, name: K): NonNullable<Config[K]> {
  const value = config[name];
  if (value === undefined) throw new ConfigError([`${name}: must be set (${SETTINGS[name].about})`]);
  return value as NonNullable<Config[K]>;
}
