import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHANNELS } from '@app/contracts';
import { webhookAdapterOf } from '@app/channels';
import type { RunFile } from './run-file.js';

const fileSchema = z.object({
  accounts: z.array(z.object({ id: z.string(), channel: z.enum(CHANNELS), provider: z.string() })),
});

/**
 * What a person reads after the start: where to look, the key, the doors.
 *
 * @param options.isDemoNext whether the demonstration follows by itself
 */
export function welcome(run: RunFile, { isDemoNext }: { isDemoNext: boolean }): string {
  const { accounts } = fileSchema.parse(parse(readFileSync(run.accounts, 'utf8')));
  const doors = accounts.map((account) => {
    const { id, channel } = account;
    if (webhookAdapterOf(account) !== undefined) return `  webhook   ${run.url}/webhooks/${channel}/${id}`;
    return `  ${channel === 'email' ? 'mailbox' : 'asked  '}   ${id}`;
  });
  return [
    '',
    `Omniline runs on ${run.url}`,
    '',
    `  API key   ${run.api_key}`,
    `  try       curl -s -H 'Authorization: Bearer ${run.api_key}' '${run.url}/v1/customers'`,
    `  contract  ${run.url}/v1/openapi.json (with the key)`,
    `  health    ${run.url}/health/ready    metrics ${run.url}/metrics`,
    '',
    `Accounts from ${run.accounts}:`,
    ...doors,
    '',
    ...(isDemoNext
      ? []
      : ['npm run demo, in a second terminal, plays a day of a small shop through these doors. Ctrl-C ends.', '']),
  ].join('\n');
}
