import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkAccount,
  commentAccessOf,
  mapDeliverSm,
  parseMail,
  WEBHOOK_ADAPTERS,
  type ParseResult,
  type WebhookRequest,
} from '@app/channels';
import { parseAccounts, type ChannelAccount } from '@app/kernel';
import { SeededRandom } from '@app/simulators';
import { progress, type ResultTable } from './support/report.js';

/** What a run of the benchmark costs. */
export interface FuzzOptions {
  readonly secondsEach: number;
  readonly seed: number;
}

/** One parser with the bodies that it is used to. */
interface Subject {
  readonly name: string;
  readonly bodies: readonly Buffer[];
  /** What it makes of bytes, as text: equal bytes must give equal text. */
  run(body: Buffer): Promise<string> | string;
}

const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');
const FOLDER = 'libs/channels/src';
const PAGES = 'docs/channels';
const SLOWEST_MS = 2_000;

/** The sample accounts of the channels' pages: one of every provider. */
function accounts(): readonly ChannelAccount[] {
  const pages = readdirSync(PAGES).map((file) => readFileSync(path.join(PAGES, file), 'utf8'));
  const samples = pages.flatMap((page) => [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml!));
  return samples.flatMap((yaml) => {
    const variables = [...yaml.matchAll(/\$\{(\w+)/g)].map(([, name]) => [name!, 'made-up-secret-0123456789']);
    return parseAccounts(`accounts:\n${yaml}`, Object.fromEntries(variables), checkAccount);
  });
}

/** Every body of every fixture: what one provider sends is a good lie to another. */
function allBodies(): readonly Buffer[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const fixtures = files.filter((file) => /fixtures\/.*\.json$/.test(file) && !file.endsWith('.expected.json'));
  return fixtures.flatMap((file) => {
    const { body, body_text: text } = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as {
      body?: unknown;
      body_text?: string;
    };
    return body === undefined && text === undefined ? [] : [Buffer.from(text ?? JSON.stringify(body))];
  });
}

function requestOf(body: Buffer, contentType: string): WebhookRequest {
  const headers = { 'content-type': contentType };
  return { method: 'POST', originalUrl: '/x', query: new URLSearchParams(), headers, body, remoteAddress: '' };
}

const said = ({ events, rejected, ignored, parts = [] }: ParseResult): string => {
  const count = events.length + rejected.length + ignored.length + parts.length;
  if (count === 0) throw new Error('a body is not accounted for');
  return JSON.stringify([
    events.map(({ event }) => event),
    rejected.map(({ key }) => key),
    ignored,
    parts.map(({ setKey }) => setKey),
  ]);
};

function subjects(): readonly Subject[] {
  const known = accounts();
  const bodies = allBodies();
  const adapters = WEBHOOK_ADAPTERS.flatMap((adapter): Subject[] => {
    const account = known.find((one) => one.channel === adapter.channel && one.provider === adapter.provider);
    if (account === undefined) throw new Error(`no page has an account of ${adapter.channel}/${adapter.provider}`);
    const verification = { ok: true, method: 'hmac' } as const;
    const context = { account, accounts: known, receivedAt: RECEIVED_AT, verification };
    const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=xYzZY'];
    const run = async (body: Buffer): Promise<string> => {
      const results = types.map(async (type) => said(await adapter.parse(requestOf(body, type), context)));
      return (await Promise.all(results)).join('\n');
    };
    return [{ name: `${adapter.channel}/${adapter.provider}`, bodies, run }];
  });
  const smsc = known.find(({ provider }) => provider === 'smpp')!;
  const youtube = known.find(({ provider }) => provider === 'youtube')!;
  const comments = commentAccessOf(youtube)!;
  const hotro = known.find(({ provider }) => provider === 'imap')!;
  const mail = (source: Buffer) =>
    ({
      source,
      extent: 'whole',
      sizeBytes: source.length,
      folder: 'INBOX',
      uidValidity: '1',
      uid: 1,
      backfill: false,
    }) as const;
  return [
    ...adapters,
    {
      name: 'sms/smpp',
      bodies,
      run: (body) =>
        JSON.stringify(
          mapDeliverSm(
            {
              sourceAddress: body.toString('latin1', 0, 12),
              sourceTon: body[0] ?? 0,
              destinationAddress: '8085',
              esmClass: body[1] ?? 0,
              dataCoding: body[2] ?? 0,
              message: body.subarray(0, 254),
            },
            smsc,
            RECEIVED_AT,
          ),
        ),
    },
    {
      name: 'youtube_comment/youtube',
      bodies,
      run: (body) =>
        JSON.stringify(
          comments
            .readList(body, { cursor: undefined, from: 0 }, youtube)
            ?.threads.map(({ comment }) => comments.received(comment, youtube, RECEIVED_AT)),
        ),
    },
    {
      name: 'email/imap',
      bodies: bodies.flatMap((body) => (/"(?:email|body-mime|RawEmail)":/.test(body.toString()) ? [mailIn(body)] : [])),
      run: async (body) => {
        const { event, reports } = await parseMail(mail(body), {
          account: hotro,
          receivedAt: RECEIVED_AT,
          timeoutMs: 10_000,
        });
        return JSON.stringify([event, reports.map((report) => report.event)]);
      },
    },
  ];
}

/** The mail that a fixture of mail by HTTP holds. */
function mailIn(body: Buffer): Buffer {
  const document = JSON.parse(body.toString()) as { fields?: Record<string, string>; RawEmail?: string };
  return Buffer.from(document.RawEmail ?? document.fields?.['email'] ?? document.fields?.['body-mime'] ?? '');
}

/** Some changes of a body: bits, pieces left out, doubled or taken from another one, and numbers that are too large. */
function mutated(bodies: readonly Buffer[], random: () => number): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  let body = Buffer.from(bodies[below(bodies.length)]!);
  for (let changes = 1 + below(6); changes > 0; changes -= 1) {
    const at = below(body.length + 1);
    const end = Math.min(body.length, at + below(40));
    const other = bodies[below(bodies.length)]!;
    const from = below(other.length);
    const [before, piece, after] = [body.subarray(0, at), body.subarray(at, end), body.subarray(end)];
    const kinds = [
      () => [before, Buffer.from([below(256)]), body.subarray(at + 1)],
      () => [before, after],
      () => [before, piece, piece, after],
      () => [before, other.subarray(from, from + below(200)), after],
      () => [
        before,
        Buffer.from(['1e999', '-0', '9007199254740993', 'null', '[[[[', '\\u0000', '\ud83d', '%00'][below(8)]!),
        after,
      ],
    ];
    body = Buffer.concat(kinds[below(kinds.length)]!());
  }
  return body;
}

/**
 * Throws what providers send, damaged, at every parser: none may fail, leave a body unaccounted for, or say two things of the same
 * bytes. A fault ends the run with the input.
 */
export async function benchFuzz({ secondsEach, seed }: FuzzOptions): Promise<ResultTable> {
  const rows: string[][] = [];
  for (const { name, bodies, run } of subjects()) {
    const source = new SeededRandom(String(seed));
    const random = (): number => source.next();
    let inputs = 0;
    let slowest = 0;
    for (const end = performance.now() + secondsEach * 1_000; performance.now() < end; inputs += 1) {
      const body = mutated(bodies, random);
      const since = performance.now();
      const fault = await Promise.resolve()
        .then(async () => ((await run(body)) === (await run(Buffer.from(body))) ? undefined : 'it says two things'))
        .catch((error: unknown) => String(error));
      slowest = Math.max(slowest, performance.now() - since);
      if (fault !== undefined) throw new Error(`${name}: ${fault}: ${body.toString('base64')}`);
    }
    if (slowest > SLOWEST_MS) throw new Error(`${name}: one body took ${slowest.toFixed(0)} ms`);
    progress(`fuzz: ${name} ${inputs}`);
    rows.push([`\`${name}\``, inputs.toLocaleString('en'), '0', `${slowest.toFixed(0)} ms`]);
  }
  return {
    title: 'Damaged bodies',
    about: `Fixtures of all providers, damaged (bits, pieces left out, doubled, mixed, numbers too large), at every parser for ${secondsEach} s, seed ${seed}. None may throw, leave a body unaccounted for, or say two things of the same bytes.`,
    columns: ['parser', 'bodies', 'faults', 'slowest pair of runs'],
    rows,
  };
}
