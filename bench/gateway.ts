import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@app/contracts';
import { createLogger, Metrics } from '@app/kernel';
import { createKafkaStream } from '@app/stream';
import { startBenchBroker } from './support/broker.js';
import { startServer, type ChildServer } from './support/child-server.js';
import { paced, rawRequest, saturate } from './support/load.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, quantile, ratios, spreadOf } from './support/statistics.js';

const SECRET = 'bench-app-secret';
const PAGE = '106000000000001';
const REQUESTS = 4_000;
const CONNECTIONS = 64;
const PATH = '/webhooks/messenger/fb-shop';

/** What a run of the benchmark costs. */
export interface GatewayOptions {
  readonly rounds: number;
  readonly secondsEach: number;
}

/** Signed Messenger webhooks of one text message each, about 400 bytes, from 500 people. */
export function messengerRequests(count: number, run: string, at: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const message = {
      sender: { id: String(7_412_345_678_900_000 + (n % 500)) },
      recipient: { id: PAGE },
      timestamp: at + n,
      message: {
        mid: `m_${run}_${n}`,
        text: `Shop ơi, mẫu áo dài số ${n} còn size M không ạ? Giao về quận 7 mất mấy ngày?`,
      },
    };
    const body = Buffer.from(
      JSON.stringify({ object: 'page', entry: [{ id: PAGE, time: at + n, messaging: [message] }] }),
    );
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    return rawRequest(PATH, body, {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${signature}`,
    });
  });
}

/** An accounts file with one page, for a run of the real services. */
function writeBenchAccounts(folder: string): string {
  const file = join(folder, 'accounts.yaml');
  writeFileSync(
    file,
    `accounts:
  - id: fb-shop
    channel: messenger
    provider: meta
    external_id: "${PAGE}"
    secrets: { app_secret: ${SECRET}, verify_token: bench-token, access_token: bench-access }
`,
  );
  return file;
}

/** Environment of the services and of the servers they are compared with. */
export function benchEnvironment(folder: string, brokers: readonly string[]): Record<string, string> {
  return {
    KAFKA_BROKERS: brokers.join(','),
    FB_APP_SECRET: SECRET,
    OMNILINE_ACCOUNTS: writeBenchAccounts(folder),
    OMNILINE_SECRET: 'a secret for benchmarks that is long enough',
  };
}

interface Contestant {
  readonly name: string;
  readonly server: ChildServer;
  readonly rates: number[];
  readonly cpuMicros: number[];
}

async function round(contestant: Contestant, requests: readonly Buffer[], seconds: number): Promise<void> {
  const { server } = contestant;
  const before = server.cpuSeconds();
  const result = await saturate(server.port, requests, { connections: CONNECTIONS, seconds });
  if (result.failed > 0) throw new Error(`${contestant.name}: ${result.failed} requests were not accepted`);
  contestant.rates.push(result.accepted / result.seconds);
  contestant.cpuMicros.push(((server.cpuSeconds() - before) * 1e6) / result.accepted);
}

/** Accepted webhooks a second (verify, parse, `acks=all`) beside the bare ceiling and the textbook way. */
export async function benchGateway(options: GatewayOptions): Promise<ResultTable> {
  const folder = mkdtempSync(join(tmpdir(), 'omniline-bench-'));
  const broker = await startBenchBroker();
  const brokers = [...broker.brokers];
  const logger = createLogger({ level: 'silent', service: 'bench' });
  const stream = createKafkaStream({ brokers, clientId: 'bench', logger, metrics: new Metrics() });
  await stream.ensureTopics(TOPICS);
  await stream.close();
  const env = benchEnvironment(folder, brokers);
  const start = async (name: string, script: string): Promise<Contestant> => ({
    name,
    server: await startServer(name, script, env),
    rates: [],
    cpuMicros: [],
  });
  const ours = await start('Omniline chat', 'dist/apps/chat/src/main.js');
  const ceiling = await start('bare ceiling', 'dist/bench/servers/ceiling.js');
  const textbook = await start('textbook', 'dist/bench/servers/textbook.js');
  const contestants = [ours, ceiling, textbook];
  try {
    const requests = messengerRequests(REQUESTS, 'g', Date.now() - 86_400_000);
    for (const { server } of contestants)
      await saturate(server.port, requests, { connections: CONNECTIONS, seconds: 2 });
    for (let n = 0; n < options.rounds; n += 1) {
      // The order turns round by round, so that no one is always first after a pause.
      for (let turn = 0; turn < contestants.length; turn += 1) {
        await round(contestants[(n + turn) % contestants.length]!, requests, options.secondsEach);
      }
      progress(
        `gateway ${n + 1}/${options.rounds}: ${contestants.map((c) => `${c.name} ${c.rates.at(-1)!.toFixed(0)}/s`).join(', ')}`,
      );
    }
    const half = Math.floor(spreadOf(ours.rates).median / 2);
    const atHalf = await paced(ours.server.port, requests, {
      perSecond: half,
      seconds: options.secondsEach * 3,
      connections: CONNECTIONS,
    });
    const p = (share: number): string => `${quantile(atHalf.latenciesMs, share).toFixed(1)} ms`;
    const row = (c: Contestant): string[] => [
      c.name,
      formatSpread(spreadOf(c.rates), 0),
      formatSpread(spreadOf(ratios(ours.rates, c.rates))),
      formatSpread(spreadOf(c.cpuMicros), 0),
      formatSpread(spreadOf(ratios(c.cpuMicros, ours.cpuMicros))),
      `${c.server.memoryMib()} MiB`,
    ];
    return {
      title: 'Gateway',
      about:
        `Signed Messenger webhooks of one message (about 400 bytes), ${CONNECTIONS} connections, closed loop, ` +
        `${options.rounds} alternating rounds of ${options.secondsEach} s: median (least–greatest). ` +
        `At half of our rate (${half}/s, open loop): p50 ${p(0.5)}, p99 ${p(0.99)}, ${atHalf.failed} not accepted.`,
      columns: ['server', 'accepted/s', 'ours ÷ it', 'CPU µs/request', 'its CPU ÷ ours', 'memory'],
      rows: contestants.map(row),
    };
  } finally {
    for (const { server } of contestants) await server.stop();
    await broker.stop();
    rmSync(folder, { recursive: true });
  }
}
