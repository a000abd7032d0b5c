import { createInterface } from 'node:readline/promises';
import { loadConfig, type Config } from '@app/kernel';
import { GuardedClient } from '@app/media';
import { readAccounts, runProcess } from '@app/runtime';
import { checkStore } from './omni/check-store.js';
import { grantAccess } from './omni/grant-access.js';

const HELP = `Usage: npm run omni -- check
       npm run omni -- grant <account> <callback address>

  check   checks what must always be true of identities, customers and timelines; ends with 1 when something is not
  grant   lets an administrator grant rights to an account of Zalo, and shows its first refresh token; the callback
          address is the one that is registered with the app, whatever stands there

check asks the database of DATABASE_URL, or the one of the standalone run; grant reads the accounts file.
`;

const TOKEN_BYTES = 64 * 1024;
const IDLE_MS = 10_000;
const TOTAL_MS = 20_000;

async function grant(config: Config, accountId: string, callbackUrl: string): Promise<boolean> {
  const account = readAccounts(config.OMNILINE_ACCOUNTS).find(({ id }) => id === accountId);
  if (account === undefined) throw new Error(`${config.OMNILINE_ACCOUNTS} has no account ${accountId}`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const outcome = await grantAccess(account, callbackUrl, {
      say: (text) => process.stdout.write(text),
      ask: (question) => terminal.question(question),
      client: new GuardedClient({ maxBytes: TOKEN_BYTES, idleMs: IDLE_MS, totalMs: TOTAL_MS }),
    });
    if (!outcome.ok) process.stderr.write(`Nothing was granted: ${outcome.reason}.\n`);
    return outcome.ok;
  } finally {
    terminal.close();
  }
}

/** @returns whether all is well; undefined for a command that there is not */
async function run([command, ...given]: readonly string[]): Promise<boolean | undefined> {
  const [account, callback] = given;
  if (command === 'check') return await checkStore(loadConfig());
  if (command !== 'grant' || account === undefined || callback === undefined || !URL.canParse(callback))
    return undefined;
  return await grant(loadConfig(), account, callback);
}

await runProcess(async () => {
  const given = process.argv.slice(2);
  const isWell = await run(given);
  if (isWell === undefined) process.stdout.write(HELP);
  if (isWell === undefined) process.exitCode = given.length === 0 || given[0] === '--help' ? 0 : 2;
  else if (!isWell) process.exitCode = 1;
});
