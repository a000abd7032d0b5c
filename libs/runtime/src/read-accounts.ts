import { existsSync, readFileSync } from 'node:fs';
import { checkAccount } from '@app/channels';
import { ConfigError, environment, parseAccounts, type ChannelAccount } from '@app/kernel';

/**
 * Reads and checks the accounts file as a whole.
 *
 * @throws ConfigError with every problem and its path; also when there is no such file
 */
export function readAccounts(path: string): readonly ChannelAccount[] {
  if (!existsSync(path)) {
    throw new ConfigError([
      `OMNILINE_ACCOUNTS: there is no file ${path}; config/accounts.example.yaml shows what belongs there`,
    ]);
  }
  return parseAccounts(readFileSync(path, 'utf8'), environment(), checkAccount);
}
