import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  checkAccount,
  PULL_PROVIDERS,
  WEBHOOK_ADAPTERS,
  webhookAdapterOf,
  type Ability,
  type ChannelProvider,
  type WebhookRequest,
} from '@app/channels';
import { parseAccounts, type ChannelAccount } from '@app/kernel';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Columns of the table and the ability that each shows. */
const COLUMNS: Readonly<Record<string, Ability>> = {
  In: 'message',
  Echoes: 'echo',
  Edits: 'edit',
  Deletions: 'delete',
  Reactions: 'reaction',
  Receipts: 'receipt',
  Calls: 'call',
  Orders: 'order',
  Comments: 'comment',
  Attachments: 'attachment',
  Replies: 'reply',
  Claims: 'claims',
};

const providers = [...WEBHOOK_ADAPTERS, ...PULL_PROVIDERS].map((provider) => ({
  provider,
  name: `${provider.channel}/${provider.provider}`,
}));
const files = readdirSync(join(root, 'docs/channels')).filter((file) => file !== 'README.md');

/** The page of a provider: the one whose sample is an account of it. */
function pageNameOf({ channel, provider }: ChannelProvider): string {
  const sample = new RegExp(`channel: ${channel}\\n\\s+provider: ${provider}\\n`);
  const found = files.filter((file) => sample.test(read(`docs/channels/${file}`)));
  expect([channel, provider, found]).toEqual([channel, provider, [expect.any(String)]]);
  return found[0]!;
}

const pageOf = (provider: ChannelProvider): string => read(`docs/channels/${pageNameOf(provider)}`);

/** Folder of a provider's code, as its page says. */
const codeOf = (provider: ChannelProvider): string =>
  /Code:\s+`libs\/channels\/src\/([\w-]+)`/.exec(pageOf(provider))?.[1] ?? 'none named';

/** The table of abilities, made from the code. */
function abilitiesTable(): string {
  const line = (values: readonly string[]): string => `| ${values.join(' | ')} |`;
  const columns = Object.keys(COLUMNS);
  const rows = providers.map(({ provider }) => {
    const page = pageNameOf(provider);
    const shown = Object.values(COLUMNS).map((ability) => (provider.abilities.includes(ability) ? 'yes' : '–'));
    return line([`\`${provider.channel}\``, `\`${provider.provider}\``, `[${page}](${page})`, ...shown]);
  });
  const head = ['Channel', 'Provider', 'Page', ...columns];
  return [line(head), line(head.map(() => '---')), ...rows].join('\n');
}

/** Values for the variables of a sample. */
const environmentOf = (yaml: string, value: string): Record<string, string> =>
  Object.fromEntries([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => [variable!, value]));

/** The sample accounts of a page, read and checked as at start. */
function samplesOf(page: string, secret = 'made-up-secret-0123456789'): readonly ChannelAccount[] {
  const samples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => `accounts:\n${yaml!}`);
  return samples.flatMap((yaml) => parseAccounts(yaml, environmentOf(yaml, secret), checkAccount));
}

/** Names that the code of a provider reads from settings and secrets. */
function namesRead(folder: string): string[] {
  const files = readdirSync(join(root, join('libs/channels/src', folder)), { encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  return sources.flatMap((file) => {
    const source = read(join('libs/channels/src', folder, file));
    const direct = [...source.matchAll(/\b(?:settings|secrets)(?:\['|\.(?!js'))([a-z]+(?:_[a-z]+)*)\b(?!\()/g)];
    const inSchema = file.endsWith('settings.ts')
      ? [...source.matchAll(/^\s+([a-z0-9_]+): (?:z\b|field\b|\w+Schema\b)/gm)]
      : [];
    return [...direct, ...inSchema].map(([, name]) => name!);
  });
}

describe('the pages of the channels', () => {
  it('are one for each provider, and no other', () => {
    const named = providers.map(({ provider }) => pageNameOf(provider));
    expect([...named].sort()).toEqual([...files].sort());
  });

  it('are listed with their abilities as the code declares them', () => {
    const path = join(root, 'docs/channels/README.md');
    const overview = readFileSync(path, 'utf8');
    const wanted = overview.replace(/(?<=<!-- abilities -->\n\n).*?(?=\n\n<!-- \/abilities -->)/s, abilitiesTable);
    // As golden files: `UPDATE_GOLDEN=1` writes the table.
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, wanted);
    expect(readFileSync(path, 'utf8')).toBe(wanted);
    expect(wanted).toContain(abilitiesTable());
  });

  it.each(providers)('show an account of $name that would start', ({ provider, name }) => {
    const accounts = samplesOf(pageOf(provider));
    expect(accounts.map(({ channel, provider: given }) => `${channel}/${given}`)).toContain(name);
    expect(accounts.every(({ channel }) => channel === provider.channel)).toBe(true);
  });

  it.each(providers)('name everything that $name reads from its account', ({ provider }) => {
    const page = pageOf(provider);
    const names = [...new Set(namesRead(codeOf(provider)))];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((word) => !new RegExp(`(?<![a-z_])${word}(?![a-z_])`).test(page))).toEqual([]);
  });

  it('give an example of an own gateway that comes out as the page says', async () => {
    const page = pageOf(providers.find(({ name }) => name === 'sms/http')!.provider);
    const [account] = samplesOf(page, /With the key `(.+?)`/.exec(page)?.[1]);
    const [head = '', text = ''] = /```http\n(.*?)\n```/s.exec(page)![1]!.split('\n\n');
    const [start = '', ...fields] = head.split('\n');
    const request: WebhookRequest = {
      method: 'POST',
      originalUrl: start.split(' ')[1]!,
      query: new URLSearchParams(),
      headers: Object.fromEntries(fields.map((field) => field.split(': ')).map(([k, v]) => [k!.toLowerCase(), v])),
      body: Buffer.from(text),
      remoteAddress: '192.0.2.7',
    };
    const adapter = webhookAdapterOf(account!)!;
    const verification = adapter.verify(request, account!);
    if (!verification.ok) throw new Error(`refused: ${verification.reason}`);
    const receivedAt = new Date('2026-02-01T02:00:00.000Z');
    const { events } = await adapter.parse(request, {
      account: account!,
      accounts: [account!],
      receivedAt,
      verification,
    });
    expect(events.map(({ event }) => event.data)).toMatchObject([
      { identity: { value: '+84912345678' }, occurred_at: '2026-02-01T01:30:00.000Z' },
      { status: 'delivered', message_ids: ['gw-0000'], occurred_at: '2026-02-01T01:29:10.000Z' },
    ]);
  });
});
