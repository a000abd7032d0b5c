import { Database, migrate, TimelineRepository } from '@app/persistence';
import { startBenchDatabase } from './support/database.js';
import { fillEntries, fillSenders } from './support/fill.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, quantile, ratios, spreadOf } from './support/statistics.js';

const SENDERS = 2_000;
const DEEP_ENTRIES = 10_000;
const PAGE = 50;
const READS = 400;

/** What a run of the benchmark costs. */
export interface ReadingOptions {
  readonly rounds: number;
  /** Entries in the large table. */
  readonly entries: number;
}

/** A database whose first customer has 10,000 entries, and whose others share the rest. */
async function prepare(url: string, entries: number): Promise<{ database: Database; customer: string }> {
  await migrate(url);
  const database = Database.connect(url, { applicationName: 'bench', max: 4 });
  await fillSenders(database, SENDERS);
  if (entries > DEEP_ENTRIES) await fillEntries(database, 'rest-', entries - DEEP_ENTRIES);
  await database.query(
    `INSERT INTO entry (id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind, direction,
                        occurred_at, received_at, body)
     SELECT md5('deep' || n)::uuid, (SELECT min(id) FROM identity), md5('deep')::uuid, 'in_deep' || n, 'c', 'fb-shop',
            'messenger', 'message', 'inbound', '2025-06-01'::timestamptz + n * interval '1 minute', '2025-06-01',
            '{"content":{"type":"text","text":"Chào shop"},"provider":{"name":"meta","message_id":"m"}}'
       FROM generate_series(1, $1::int) AS n`,
    [DEEP_ENTRIES],
  );
  await database.query('VACUUM ANALYZE entry');
  const [row] = await database.query<{ customer: string }>(
    'SELECT customer_id::text AS customer FROM identity ORDER BY id LIMIT 1',
  );
  return { database, customer: row!.customer };
}

async function readPages(database: Database, customer: string): Promise<number[]> {
  const timelines = new TimelineRepository(database);
  const latencies: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    const since = performance.now();
    const page = await timelines.page(customer, PAGE);
    latencies.push(performance.now() - since);
    if (page.length !== PAGE) throw new Error(`a page of ${page.length} entries`);
  }
  return latencies;
}

/** The first page of a timeline of 10,000 entries, in a small table and in a large one. */
export async function benchReading(options: ReadingOptions): Promise<ResultTable> {
  const servers = [await startBenchDatabase(), await startBenchDatabase()];
  const sizes = [DEEP_ENTRIES, options.entries];
  const stores: { database: Database; customer: string }[] = [];
  const p50: number[][] = [[], []];
  const p99: number[][] = [[], []];
  try {
    for (const [index, server] of servers.entries()) {
      progress(`reading: a table of ${sizes[index]!.toLocaleString('en')} entries`);
      stores.push(await prepare(server.url, sizes[index]!));
    }
    for (let round = -1; round < options.rounds; round += 1) {
      for (const turn of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const { database, customer } = stores[turn]!;
        const latencies = await readPages(database, customer);
        if (round < 0) continue;
        p50[turn]!.push(quantile(latencies, 0.5));
        p99[turn]!.push(quantile(latencies, 0.99));
      }
    }
  } finally {
    for (const { database } of stores) await database.close();
    for (const server of servers) await server.stop();
  }
  const row = (index: number): string[] => [
    sizes[index]!.toLocaleString('en'),
    formatSpread(spreadOf(p50[index]!)),
    formatSpread(spreadOf(p99[index]!)),
    formatSpread(spreadOf(ratios(p50[index]!, p50[0]!))),
  ];
  return {
    title: 'Reading',
    about:
      `First page (${PAGE}) of a timeline of ${DEEP_ENTRIES.toLocaleString('en')} entries, one reader, ${options.rounds} alternating ` +
      `rounds of ${READS} reads; milliseconds, median (least–greatest).`,
    columns: ['entries in the table', 'p50 ms', 'p99 ms', 'p50 ÷ small table'],
    rows: [row(0), row(1)],
  };
}
