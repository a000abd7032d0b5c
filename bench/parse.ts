import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WEBHOOK_ADAPTERS, type ChannelAdapter, type WebhookRequest } from '@app/channels';
import type { ChannelAccount } from '@app/kernel';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, ratios, spreadOf } from './support/statistics.js';

/** What a run of the benchmark costs. */
export interface ParseOptions {
  readonly rounds: number;
  /** Bodies parsed in each round, each way. */
  readonly bodies: number;
}

/** Chat and social providers with the account that their fixtures speak of. */
const SUBJECTS: readonly {
  channel: string;
  provider: string;
  fixtures: string;
  externalId: string;
  settings?: object;
}[] = [
  { channel: 'messenger', provider: 'meta', fixtures: 'meta/fixtures/messenger', externalId: '106000000000001' },
  {
    channel: 'facebook_comment',
    provider: 'meta',
    fixtures: 'meta/fixtures/facebook-comment',
    externalId: '106000000000001',
  },
  { channel: 'instagram', provider: 'meta', fixtures: 'meta/fixtures/instagram', externalId: '17841400000000077' },
  {
    channel: 'instagram_comment',
    provider: 'meta',
    fixtures: 'meta/fixtures/instagram-comment',
    externalId: '17841400000000077',
  },
  { channel: 'whatsapp', provider: 'meta', fixtures: 'meta/fixtures/whatsapp', externalId: '220000000000077' },
  {
    channel: 'zalo',
    provider: 'zalo',
    fixtures: 'zalo/fixtures',
    externalId: '2870000000000000001',
    settings: { app_id: '3900000000000000033' },
  },
  { channel: 'telegram', provider: 'telegram', fixtures: 'telegram/fixtures', externalId: '6900000001' },
  { channel: 'line', provider: 'line', fixtures: 'line/fixtures', externalId: 'U0000000000000000000000000000000a' },
  { channel: 'viber', provider: 'viber', fixtures: 'viber/fixtures', externalId: 'pa:5300000000000000001' },
];

interface Fixture {
  readonly body?: unknown;
  readonly body_text?: string;
}

/** Bodies of the fixtures that make an event; what is rejected at once would flatter. */
function bodiesOf(folder: string, makesEvent: (body: Buffer) => boolean): readonly Buffer[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'));
  const bodies = names.flatMap((name) => {
    const { body, body_text: text } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Fixture;
    return body === undefined && text === undefined ? [] : [Buffer.from(text ?? JSON.stringify(body))];
  });
  return bodies.filter(makesEvent);
}

function requestOf(body: Buffer): WebhookRequest {
  return { method: 'POST', originalUrl: '/', query: new URLSearchParams(), headers: {}, body, remoteAddress: '' };
}

/** CPU time of the process for a number of bodies, one after another, its garbage collection included; microseconds. */
function cpuOf(bodies: readonly Buffer[], count: number, work: (body: Buffer) => unknown): number {
  const since = process.cpuUsage();
  for (let done = 0; done < count; done += 1) work(bodies[done % bodies.length]!);
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function measure(
  adapter: ChannelAdapter,
  subject: (typeof SUBJECTS)[number],
  options: ParseOptions,
): readonly string[] {
  const account: ChannelAccount = {
    id: 'bench',
    channel: adapter.channel,
    provider: adapter.provider,
    externalId: subject.externalId,
    settings: { ...subject.settings },
    secrets: {},
  };
  const context = { account, accounts: [account], receivedAt: new Date('2026-02-01T00:00:00.000Z') };
  const verification = { ok: true, method: 'hmac' } as const;
  const parse = (body: Buffer) => adapter.parse(requestOf(body), { ...context, verification });
  const plain = (body: Buffer): unknown => JSON.parse(body.toString('utf8'));
  const bodies = bodiesOf(path.join('libs/channels/src', subject.fixtures), (body) => parse(body).events.length > 0);
  if (bodies.length === 0) throw new Error(`no fixture of ${subject.channel} makes an event`);
  const [theirs, ours]: number[][] = [[], []];
  for (let round = -1; round < options.rounds; round += 1) {
    const json = cpuOf(bodies, options.bodies, plain);
    const own = cpuOf(bodies, options.bodies, parse);
    if (round < 0) continue;
    theirs!.push(json);
    ours!.push(own);
  }
  const ratio = formatSpread(spreadOf(ratios(theirs!, ours!)));
  const each = (spreadOf(ours!).median / options.bodies).toFixed(1);
  progress(`parse: ${subject.channel} ${ratio}`);
  return [`\`${subject.channel}\``, String(bodies.length), ratio, `${each} µs`];
}

const CHAT_ADAPTERS = WEBHOOK_ADAPTERS.filter((adapter): adapter is ChannelAdapter => adapter.channel !== 'email');

/** `parse` of each chat adapter beside `JSON.parse` of the same bytes, alternating. */
export async function benchParse(options: ParseOptions): Promise<ResultTable> {
  const rows = SUBJECTS.map((subject) => {
    const adapter = CHAT_ADAPTERS.find(
      ({ channel, provider }) => channel === subject.channel && provider === subject.provider,
    );
    if (adapter === undefined) throw new Error(`no adapter for ${subject.channel}`);
    return measure(adapter, subject, options);
  });
  return await Promise.resolve({
    title: 'Parsing',
    about: `\`parse\` of the fixtures of each provider that make an event, beside \`JSON.parse\` of the same bytes: ${options.rounds} alternating rounds of ${options.bodies.toLocaleString('en')} bodies each way, by CPU time. Parsing reads the JSON, finds where each element stands in the bytes, and makes events with their ids (a SHA-256 each) and the original element.`,
    columns: ['channel', 'bodies', '`JSON.parse` ÷ `parse` (aim ≥ 0.25)', 'each body'],
    rows,
  });
}
