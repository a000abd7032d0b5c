import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { entryId, TOPICS } from '@app/contracts';
import { createLogger, Metrics } from '@app/kernel';
import { migrate } from '@app/persistence';
import { createKafkaStream } from '@app/stream';
import { benchEnvironment, messengerRequests } from './gateway.js';
import { startBenchBroker } from './support/broker.js';
import { memoryMibOf, startServer, type ChildServer } from './support/child-server.js';
import { startBenchDatabase } from './support/database.js';
import { paced } from './support/load.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, quantile, spreadOf } from './support/statistics.js';

const API_KEY = 'an-api-key-for-benchmarks';
const CONNECTIONS = 32;
/** Every so many messages one is looked for until it is there; looking for all would measure the looking. */
const SAMPLE_EVERY = 25;
const GIVE_UP_MS = 30_000;

/** What a run of the benchmark costs. */
export interface EndToEndOptions {
  readonly rounds: number;
  readonly secondsEach: number;
  readonly perSecond: number;
}

/** Milliseconds until the API shows the entry. @throws Error when it does not in 30 s */
async function untilReadable(api: ChildServer, mid: string, since: number): Promise<number> {
  const url = `http://127.0.0.1:${api.port}/v1/entries/${entryId('fb-shop', 'message', mid)}`;
  for (;;) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${API_KEY}` } });
    await answer.arrayBuffer();
    const waited = performance.now() - since;
    if (answer.status === 200) return waited;
    if (answer.status !== 404 || waited > GIVE_UP_MS) throw new Error(`${answer.status} after ${waited.toFixed(0)} ms`);
    await delay(2);
  }
}

async function oneRound(chat: ChildServer, api: ChildServer, run: string, options: EndToEndOptions): Promise<number[]> {
  const total = Math.round(options.perSecond * options.secondsEach);
  const requests = messengerRequests(total, run, Date.now() - 60_000);
  const looks: Promise<number>[] = [];
  const result = await paced(chat.port, requests, {
    perSecond: options.perSecond,
    seconds: options.secondsEach,
    connections: CONNECTIONS,
    onSent: (index) => {
      if (index % SAMPLE_EVERY === 0) looks.push(untilReadable(api, `m_${run}_${index}`, performance.now()));
    },
  });
  if (result.failed > 0) throw new Error(`${result.failed} requests were not accepted`);
  return await Promise.all(looks);
}

/** From the moment a webhook is sent to the moment the API shows its entry, every service a process of its own. */
export async function benchEndToEnd(options: EndToEndOptions): Promise<ResultTable> {
  const folder = mkdtempSync(join(tmpdir(), 'omniline-bench-'));
  const broker = await startBenchBroker();
  const store = await startBenchDatabase();
  const servers: Record<string, ChildServer> = {};
  try {
    await migrate(store.url);
    const brokers = [...broker.brokers];
    const logger = createLogger({ level: 'silent', service: 'bench' });
    const stream = createKafkaStream({ brokers, clientId: 'bench', logger, metrics: new Metrics() });
    await stream.ensureTopics(TOPICS);
    await stream.close();
    const env = { ...benchEnvironment(folder, brokers), DATABASE_URL: store.url, OMNILINE_API_KEY: API_KEY };
    for (const name of ['chat', 'unifier', 'timeline']) {
      // As docker-compose.yml starts it.
      const options = name === 'unifier' ? ['--max-semi-space-size=64'] : [];
      servers[name] = await startServer(name, `dist/apps/${name}/src/main.js`, env, options);
    }
    const { chat, timeline } = servers as Record<'chat' | 'timeline', ChildServer>;
    const rounds: number[][] = [];
    for (let n = -1; n < options.rounds; n += 1) {
      const latencies = await oneRound(chat, timeline, `e${n}`, n < 0 ? { ...options, secondsEach: 5 } : options);
      progress(
        `end to end ${n + 1}/${options.rounds}: p50 ${quantile(latencies, 0.5).toFixed(0)} ms, p99 ${quantile(latencies, 0.99).toFixed(0)} ms`,
      );
      if (n >= 0) rounds.push(latencies);
    }
    const row = (name: string, share: number): string[] => [
      name,
      formatSpread(spreadOf(rounds.map((latencies) => quantile(latencies, share))), 0),
    ];
    const memory = Object.entries(servers).map(([name, server]) => `${name} ${server.memoryMib()} MiB`);
    return {
      title: 'End to end',
      about:
        `${options.perSecond} signed webhooks a second, Kafka, every service a process; every ${SAMPLE_EVERY}th message is looked for ` +
        `through the API (every 2 ms) from the moment it is sent. ${options.rounds} rounds of ${options.secondsEach} s; milliseconds, ` +
        `median (least–greatest). Memory: ${memory.join(', ')}, broker ${memoryMibOf(broker.pid!)} MiB.`,
      columns: ['', 'ms'],
      rows: [row('p50', 0.5), row('p99', 0.99)],
    };
  } finally {
    for (const server of Object.values(servers)) await server.stop();
    await broker.stop();
    await store.stop();
    rmSync(folder, { recursive: true });
  }
}
