import { randomBytes } from 'node:crypto';
import { tokenAccessOf, type GrantQuestion } from '@app/channels';
import type { ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';

/** The terminal, and the client that reaches the provider. */
export interface GrantParts {
  say(text: string): void;
  /** Asks and waits for a line. */
  ask(question: string): Promise<string>;
  readonly client: { download(request: DownloadRequest): Promise<Download> };
}

/** What came of it; `reason` says what to do. */
export type GrantOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** 32 random bytes: 43 characters, as the verifier of RFC 7636 has them. */
const random = (): string => randomBytes(32).toString('base64url');

/**
 * Lets somebody who may grant rights give an account its first refresh token: shows the address to open, takes the one to
 * which the browser was sent back, and exchanges its code at once, because it works once and for minutes only.
 *
 * The token is shown and not kept: it belongs where the secrets of the accounts file come from.
 *
 * @param callbackUrl as it is registered with the provider
 */
export async function grantAccess(
  account: ChannelAccount,
  callbackUrl: string,
  { say, ask, client }: GrantParts,
): Promise<GrantOutcome> {
  const access = tokenAccessOf(account);
  if (access?.grant === undefined) return failed(`${account.channel}/${account.provider} knows no such grant`);
  if (!account.secrets['app_secret']) return failed('the account needs secrets.app_secret');
  const question: GrantQuestion = { verifier: random(), state: random(), callbackUrl };
  say(
    `Open this in the browser of an administrator, and agree:\n\n  ${access.grant.permissionUrl(question, account)}\n\n`,
  );
  const address = await ask('The browser is sent to an address with a code. Paste that address here:\n> ');
  const code = access.grant.codeOf(address.trim(), question, account);
  if (code === undefined) return failed('that address answers another question, or is about another account');
  const { url, headers, form } = access.grant.requestFor(code, question, account);
  const answer = await client.download({ url, headers, form, hosts: access.hosts, refusals: true });
  if (!answer.ok) return failed(`the provider did not answer (${answer.reason})`);
  const reading = access.read(answer.bytes);
  if (reading === undefined) return failed('the provider answered something else');
  if (!reading.ok) return failed(`the provider refuses (${reading.reason})`);
  say(`\nThe refresh token of ${account.id}. It works once: give it to secrets.refresh_token and start Omniline.\n\n`);
  say(`  ${reading.refreshToken}\n\n`);
  return { ok: true };
}

const failed = (reason: string): GrantOutcome => ({ ok: false, reason });
