import { z } from 'zod';
import { ImapServer, type AppendTarget } from '@app/simulators';
import { isDemoAccountsFile, readDemoAccounts } from './demo-accounts.js';

const MAILBOX_ACCOUNT = 'hotro';
const settingsSchema = z.object({ imap: z.object({ port: z.int() }) });
const secretsSchema = z.object({ user: z.string(), password: z.string() });

/** Where the simulated mailbox of the demonstration is, and who may use it. @throws ZodError for a changed file */
export function demoMailboxOf(accountsPath: string): AppendTarget {
  const account = readDemoAccounts(accountsPath).get(MAILBOX_ACCOUNT);
  return {
    port: settingsSchema.parse(account?.settings).imap.port,
    credentials: secretsSchema.parse(account?.secrets),
  };
}

const isPortTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Starts the mailbox that the account `hotro` pulls from. The standalone run starts it before its services, so that the
 * connector finds it at once; a demonstration in a second terminal then only puts mails into it.
 *
 * @returns undefined when the accounts are not the demonstration's, or when somebody has started it already
 */
export async function startDemoMailbox(accountsPath: string): Promise<ImapServer | undefined> {
  if (!isDemoAccountsFile(accountsPath)) return undefined;
  try {
    return await ImapServer.start(demoMailboxOf(accountsPath));
  } catch (error) {
    if (isPortTaken(error)) return undefined;
    throw error;
  }
}
