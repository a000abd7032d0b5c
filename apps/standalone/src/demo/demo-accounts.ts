import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

const FILE_NAME = 'demo-accounts.yaml';
const PAGE_ID = '106000000000001';
const HEADER = `# Accounts of the demonstration, made at the first start without config/accounts.yaml.
# Nothing here is known outside this machine: the secrets are random and the providers are simulated.
`;

const secret = (bytes = 16): string => randomBytes(bytes).toString('hex');

/** What `npm run demo` needs to act as the providers. */
const demoSchema = z.object({
  accounts: z.array(
    z.object({
      id: z.string(),
      external_id: z.string(),
      settings: z.record(z.string(), z.unknown()).default({}),
      secrets: z.record(z.string(), z.string()),
    }),
  ),
});

/** An account of the demonstration, secrets included. */
export type DemoAccount = z.infer<typeof demoSchema>['accounts'][number];

function demoAccounts(mailPort: number): readonly object[] {
  const page = { app_secret: secret(), verify_token: secret(), access_token: secret() };
  return [
    { id: 'fb-shop', channel: 'messenger', provider: 'meta', external_id: PAGE_ID, secrets: page },
    {
      id: 'oa-shop',
      channel: 'zalo',
      provider: 'zalo',
      external_id: '579745863508352884',
      settings: { app_id: '4310000000000000001' },
      secrets: { oa_secret_key: secret(), access_token: secret() },
    },
    {
      id: 'hotline-sms',
      channel: 'sms',
      provider: 'twilio',
      external_id: '+842871000001',
      settings: { public_url: 'http://127.0.0.1:3000/webhooks/sms/hotline-sms' },
      secrets: { account_sid: `AC${secret()}`, auth_token: secret() },
    },
    {
      id: 'sms-vn',
      channel: 'sms',
      provider: 'http',
      external_id: '7068',
      settings: { preset: 'vcom' },
      secrets: { hash_key: secret() },
    },
    { id: 'shop-comments', channel: 'facebook_comment', provider: 'meta', external_id: PAGE_ID, secrets: page },
    {
      id: 'hotro',
      channel: 'email',
      provider: 'imap',
      external_id: 'hotro@shop.example.vn',
      settings: {
        imap: { host: '127.0.0.1', port: mailPort, secure: false },
        smtp: { host: '127.0.0.1', port: mailPort, secure: false },
        mailbox: 'INBOX',
        trusted_authserv_ids: ['mx.shop.example.vn'],
      },
      secrets: { user: 'hotro', password: secret() },
    },
    { id: 'wa-shop', channel: 'whatsapp', provider: 'meta', external_id: '220000000000077', secrets: page },
    {
      id: 'cua-hang',
      channel: 'events',
      provider: 'cloudevents',
      external_id: 'ban-hang',
      // The shop checks numbers and addresses of its customers; the day passes faster than its system's clock.
      settings: { system: 'ban-hang', system_of_record: true, tolerance_seconds: 86_400 },
      secrets: { signing_secret: `whsec_${randomBytes(24).toString('base64')}` },
    },
    {
      id: 'tong-dai',
      channel: 'voice',
      provider: 'http',
      external_id: '+842871000002',
      secrets: { signing_secret: secret() },
    },
    {
      id: 'lien-he',
      channel: 'webform',
      provider: 'http',
      external_id: 'shop-web',
      settings: { system: 'shop-web', form: 'Liên hệ' },
      secrets: { token: secret() },
    },
  ];
}

/** Asks another process for a port that is free, because listening is not possible without waiting in this one. */
function freePort(): number {
  const script = `const s = require('net').createServer().listen(0, '127.0.0.1', () => {
    process.stdout.write(String(s.address().port)); s.close(); });`;
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

/** Whether a path names the file of {@link ensureDemoAccounts}, so that the demonstration may act for its accounts. */
export const isDemoAccountsFile = (path: string): boolean => basename(path) === FILE_NAME;

/**
 * Writes `<home>/demo-accounts.yaml` unless it is there: ten accounts with random secrets, readable by the owner only.
 *
 * @returns its path
 */
export function ensureDemoAccounts(home: string): string {
  const path = join(home, FILE_NAME);
  if (existsSync(path)) return path;
  mkdirSync(home, { recursive: true });
  const document = stringify({ accounts: demoAccounts(freePort()) });
  // `wx`: of two first starts at once the second one fails here instead of replacing the first one's secrets.
  writeFileSync(path, `${HEADER}${document}`, { mode: 0o600, flag: 'wx' });
  return path;
}

/**
 * Reads the demonstration's accounts by id.
 *
 * @throws ZodError or YAMLParseError when somebody changed the file beyond recognition
 */
export function readDemoAccounts(path: string): ReadonlyMap<string, DemoAccount> {
  const { accounts } = demoSchema.parse(parse(readFileSync(path, 'utf8')));
  return new Map(accounts.map((account) => [account.id, account]));
}
