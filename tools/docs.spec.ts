import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkAccount, PULL_PROVIDERS, WEBHOOK_ADAPTERS, webhookAdapterOf, type WebhookRequest } from '@app/channels';
import { parseAccounts, type ChannelAccount } from '@app/kernel';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Folder of each provider's code, its fixtures if it has any, and the spec that declares its abilities. */
const HOMES: Readonly<Record<string, { readonly code: string; readonly fixtures?: string; readonly spec?: string }>> = {
  'messenger/meta': { code: 'meta', fixtures: 'meta/fixtures/messenger', spec: 'meta/messenger.adapter.spec.ts' },
  'facebook_comment/meta': {
    code: 'meta',
    fixtures: 'meta/fixtures/facebook-comment',
    spec: 'meta/facebook-comment.adapter.spec.ts',
  },
  'zalo/zalo': { code: 'zalo', fixtures: 'zalo/fixtures', spec: 'zalo/zalo.adapter.spec.ts' },
  'sms/twilio': { code: 'twilio', fixtures: 'twilio/fixtures', spec: 'twilio/twilio.adapter.spec.ts' },
  'sms/http': { code: 'http-sms', fixtures: 'http-sms/fixtures', spec: 'http-sms/http-sms.adapter.spec.ts' },
  'email/imap': { code: 'imap' },
};

/** Column of the table to the ability that an adapter's spec declares. */
const COLUMNS = {
  In: 'message',
  Echoes: 'echo',
  Edits: 'edit',
  Deletions: 'delete',
  Reactions: 'reaction',
  Receipts: 'receipt',
  Attachments: 'attachment',
} as const;

/** What a fixture's outcome holds, as far as it is looked at. */
interface Outcome {
  readonly events: readonly {
    readonly data: { readonly channel: string; readonly claims?: unknown; readonly message_kind?: string };
  }[];
}

const providers = [...WEBHOOK_ADAPTERS, ...PULL_PROVIDERS].map((provider) => ({
  provider,
  name: `${provider.channel}/${provider.provider}`,
}));
const channelsFolder = (path: string): string => join('libs/channels/src', path);

const overview = read('docs/channels/README.md');
const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const lines = overview.split('\n').filter((line) => line.startsWith('| '));
const [header = [], , ...body] = lines.map(cells);
const rows = body.map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
const rowOf = (name: string) => rows.find((row) => `${row['Channel']}/${row['Provider']}`.replaceAll('`', '') === name);
const pageOf = (name: string): string =>
  read(`docs/channels/${/\((.+)\)/.exec(rowOf(name)?.['Page'] ?? '')?.[1] ?? 'none'}`);

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
  const files = readdirSync(join(root, channelsFolder(folder)), { encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  return sources.flatMap((file) => {
    const source = read(channelsFolder(join(folder, file)));
    const direct = [...source.matchAll(/\b(?:settings|secrets)(?:\['|\.(?!js'))([a-z]+(?:_[a-z]+)*)\b(?!\()/g)];
    const inSchema = file.endsWith('settings.ts')
      ? [...source.matchAll(/^\s+([a-z0-9_]+): (?:z\b|field\b|\w+Schema\b)/gm)]
      : [];
    return [...direct, ...inSchema].map(([, name]) => name!);
  });
}

describe('the pages of the channels', () => {
  it('are one for each provider, and no other', () => {
    const named = rows.map((row) => `${row['Channel']}/${row['Provider']}`.replaceAll('`', ''));
    expect([...named].sort()).toEqual(providers.map(({ name }) => name).sort());
    expect(Object.keys(HOMES).sort()).toEqual([...named].sort());
    const files = readdirSync(join(root, 'docs/channels')).filter((file) => file !== 'README.md');
    expect(rows.map((row) => /\((.+)\)/.exec(row['Page']!)?.[1]).sort()).toEqual(files.sort());
  });

  it.each(providers)('show an account of $name that would start', ({ provider, name }) => {
    const accounts = samplesOf(pageOf(name));
    expect(accounts.map(({ channel, provider: given }) => `${channel}/${given}`)).toContain(name);
    expect(accounts.every(({ channel }) => channel === provider.channel)).toBe(true);
  });

  it.each(providers)('name everything that $name reads from its account', ({ name }) => {
    const page = pageOf(name);
    const names = [...new Set(namesRead(HOMES[name]!.code))];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((word) => !new RegExp(`(?<![a-z_])${word}(?![a-z_])`).test(page))).toEqual([]);
  });

  it.each(providers.filter(({ name }) => HOMES[name]?.spec !== undefined))(
    'declare the abilities of $name as its spec does',
    ({ provider, name }) => {
      const { spec = '', fixtures = '' } = HOMES[name]!;
      const declared = /abilities: \[(.*?)\]/s.exec(read(channelsFolder(spec)))?.[1] ?? '';
      const row = rowOf(name)!;
      for (const [column, ability] of Object.entries(COLUMNS)) {
        expect([column, row[column]]).toEqual([column, declared.includes(`'${ability}'`) ? 'yes' : '–']);
      }
      const outcomes = readdirSync(join(root, channelsFolder(fixtures))).filter((file) => file.includes('.expected.'));
      const data = outcomes.flatMap((file) => {
        const { events } = JSON.parse(read(channelsFolder(join(fixtures, file)))) as Outcome;
        // One callback may carry another channel's events as well.
        return events.map((event) => event.data).filter(({ channel }) => channel === provider.channel);
      });
      const shown = (holds: boolean): string => (holds ? 'yes' : '–');
      expect(row['Claims']).toBe(shown(data.some(({ claims }) => claims !== undefined)));
      expect(row['Comments']).toBe(shown(data.some(({ message_kind: kind }) => kind === 'comment')));
    },
  );

  it('give an example of an own gateway that comes out as the page says', () => {
    const page = pageOf('sms/http');
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
    const { events } = adapter.parse(request, { account: account!, accounts: [account!], receivedAt, verification });
    expect(events.map(({ event }) => event.data)).toMatchObject([
      { identity: { value: '+84912345678' }, occurred_at: '2026-02-01T01:30:00.000Z' },
      { status: 'delivered', message_ids: ['gw-0000'], occurred_at: '2026-02-01T01:29:10.000Z' },
    ]);
  });
});
