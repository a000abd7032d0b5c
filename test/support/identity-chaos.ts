import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Database, migrate } from '@app/persistence';
import { SeededRandom } from '@app/simulators';
import { ChaosWorker } from './chaos-worker.js';
import { entryOf, PARTITIONS, partitionOf, proofsIn, writersIn } from './chaos-worker/identity-log.js';
import { brokenInvariants } from './identities.js';
import { askOracle } from './identity-oracle.js';
import { startTestPostgres, type TestPostgres } from './postgres.js';
import { until } from './until.js';

/** How much of everything. */
export interface ChaosScale {
  readonly messages: number;
  readonly workerKills: number;
  readonly serverKills: number;
  /** Messages in a batch. */
  readonly batch: number;
  readonly seed: number;
}

/** What was seen, and what the store holds at the end. */
export interface ChaosReport {
  readonly seconds: number;
  readonly workerKills: number;
  readonly serverKills: number;
  /** Kills before which a second worker had begun on the same partition. */
  readonly zombies: number;
  /** Messages that were delivered again because their offset was noted late or not at all. */
  readonly redelivered: number;
  readonly entries: { readonly stored: number; readonly missing: number; readonly strange: number };
  /** Entries told of in the outbox, and those told of more or less than once. */
  readonly announced: { readonly rows: number; readonly notOnce: number };
  /** States of identities told of, less births and moves: 0 is right. */
  readonly identityStatesOff: number;
  /** Merges and separations told of, less those logged: 0 is right. */
  readonly movesOff: number;
  readonly brokenInvariants: readonly string[];
  /** Evidence that is not as sent. */
  readonly wrongEvidence: number;
  /** Identities at another customer than the oracle’s. */
  readonly wrongPointers: number;
  readonly strangeIdentities: number;
  readonly identities: number;
  readonly people: number;
}

type Victim = 'worker' | 'overlapping worker' | 'server';

const PROGRESS_TIMEOUT_MS = 120_000;
/** A kill comes at any moment within so long after the progress for which it waited. */
const LONGEST_PAUSE_MS = 40;
/** Chance of an offset never to be noted. */
const FORGOTTEN = 0.5;
/** One of so many kills overlaps with the successor. */
const OVERLAPPING = 5;

/** So many successors are at hand. */
const SPARES = 2;

class ChaosRun {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'omniline-chaos-'));
  private readonly random: SeededRandom;
  private readonly lengths: readonly number[];
  /** Outside of every worker and of the store: where the next one of a partition begins. */
  private readonly noted: number[] = Array.from({ length: PARTITIONS }, () => 0);
  private readonly reached: number[] = Array.from({ length: PARTITIONS }, () => 0);
  private readonly allowed: number[] = Array.from({ length: PARTITIONS }, () => 0);
  private readonly workers: (ChaosWorker | undefined)[] = [];
  /** Started, without work. */
  private readonly spares: ChaosWorker[] = [];
  private readonly began = Date.now();
  private zombies = 0;
  private redelivered = 0;

  constructor(
    private readonly scale: ChaosScale,
    private readonly server: TestPostgres,
    private url: string,
    private readonly tell: (line: string) => void,
  ) {
    this.random = new SeededRandom(`chaos-${scale.seed}`);
    this.lengths = Array.from({ length: PARTITIONS }, (_, one) => partitionOf(one, scale.messages).length);
  }

  async run(): Promise<ChaosReport> {
    try {
      for (let partition = 0; partition < PARTITIONS; partition += 1) this.launch(partition);
      const victims = this.victims();
      for (const [index, victim] of victims.entries()) {
        this.allow((index + 1) / (victims.length + 1));
        await this.progress(((index + 0.5) / (victims.length + 1)) * this.scale.messages);
        await delay(this.random.int(0, LONGEST_PAUSE_MS));
        await (victim === 'server' ? this.killServer() : this.killWorker(victim === 'overlapping worker'));
        if (index % 20 === 19) this.say(`${index + 1} of ${victims.length} kills`);
      }
      this.allow(1);
      await this.progress(this.scale.messages);
      this.say('all committed');
      return await this.audit();
    } finally {
      await Promise.all([...this.workers, ...this.spares].map((worker) => worker?.kill9()));
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  private victims(): Victim[] {
    const { workerKills, serverKills } = this.scale;
    const victims: Victim[] = [
      ...Array.from({ length: workerKills }, (_, n) => (n % OVERLAPPING === 0 ? 'overlapping worker' : 'worker')),
      ...Array.from({ length: serverKills }, () => 'server' as const),
    ];
    return victims
      .map((victim) => ({ victim, place: this.random.next() }))
      .sort((x, y) => x.place - y.place)
      .map(({ victim }) => victim);
  }

  private get logFile(): string {
    return path.join(this.folder, 'workers.log');
  }

  private say(what: string): void {
    const seconds = ((Date.now() - this.began) / 1_000).toFixed(1);
    this.tell(
      `${seconds} s: ${what}; ${sum(this.reached)} of ${this.scale.messages} messages, ${this.redelivered} again`,
    );
  }

  private launch(partition: number): void {
    const from = this.noted[partition]!;
    this.redelivered += this.reached[partition]! - from;
    const { messages, batch } = this.scale;
    const committed = (offset: number): void => {
      this.reached[partition] = Math.max(this.reached[partition]!, offset);
      const isLast = offset === this.lengths[partition];
      if (isLast || !this.random.chance(FORGOTTEN)) this.noted[partition] = Math.max(this.noted[partition]!, offset);
    };
    const worker = this.spares.shift() ?? new ChaosWorker(this.logFile);
    worker.begin({ url: this.url, partition, from, messages, batch }, committed);
    worker.allow(this.allowed[partition]!);
    this.workers[partition] = worker;
    while (this.spares.length < SPARES) this.spares.push(new ChaosWorker(this.logFile));
  }

  private allow(share: number): void {
    for (const [partition, length] of this.lengths.entries()) {
      this.allowed[partition] = Math.ceil(length * share);
      this.workers[partition]?.allow(this.allowed[partition]!);
    }
  }

  private async progress(messages: number): Promise<void> {
    const there = (): boolean => {
      const gone = this.workers.find((worker) => worker !== undefined && worker.exitCode !== null);
      if (gone !== undefined) {
        throw new Error(`A worker ended with ${gone.exitCode}\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`);
      }
      return sum(this.reached) >= messages;
    };
    await until(there, PROGRESS_TIMEOUT_MS);
  }

  private async killWorker(overlaps: boolean): Promise<void> {
    const partition = this.random.int(0, PARTITIONS - 1);
    const victim = this.workers[partition]!;
    if (overlaps) {
      this.zombies += 1;
      this.launch(partition);
      const before = sum(this.reached);
      // Both work until one of them, or anybody, has done something more; at the end of the share nobody may.
      await until(() => sum(this.reached) > before || !this.hasWork(partition), PROGRESS_TIMEOUT_MS);
    }
    await victim.kill9();
    if (!overlaps) this.launch(partition);
  }

  private hasWork(partition: number): boolean {
    return this.reached[partition]! < this.allowed[partition]!;
  }

  private async killServer(): Promise<void> {
    await this.server.kill9Postmaster();
    await this.server.restart();
    const moved = new URL(this.url);
    moved.port = new URL(this.server.url).port;
    if (moved.href === this.url) return;
    this.url = moved.href;
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      await this.workers[partition]!.kill9();
      this.launch(partition);
    }
  }

  private async audit(): Promise<ChaosReport> {
    const database = Database.connect(this.url, { applicationName: 'chaos-audit', max: 2 });
    try {
      return { ...this.history(), ...(await auditStore(database, this.scale.messages)) };
    } finally {
      await database.close();
    }
  }

  private history() {
    const { zombies, redelivered, scale } = this;
    const seconds = Math.round((Date.now() - this.began) / 1_000);
    return { seconds, workerKills: scale.workerKills, serverKills: scale.serverKills, zombies, redelivered };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

async function countOf(database: Database, sql: string): Promise<number> {
  const [row] = await database.query<{ n: number }>(`SELECT (${sql})::int AS n`);
  return row!.n;
}

async function auditStore(database: Database, messages: number) {
  const wanted = new Set(Array.from({ length: messages }, (_, n) => entryOf(n)));
  const entries = await database.query<{ id: string }>('SELECT id FROM entry');
  const stored = new Set(entries.map(({ id }) => id));
  const proofs = proofsIn(messages);
  const oracle = await askOracle(
    database,
    proofs.map((proof) => ({ ...proof, trust: 4 })),
  );
  const names = new Set([...writersIn(messages), ...proofs.flatMap(({ from, to }) => [from, to])]);
  const sent = new Set(oracle.evidence.sent);
  const known = new Set(oracle.evidence.stored);
  const { right, stored: pointers } = oracle.pointers;
  const count = (sql: string): Promise<number> => countOf(database, sql);
  return {
    entries: {
      stored: entries.length,
      missing: [...wanted].filter((id) => !stored.has(id)).length,
      strange: [...stored].filter((id) => !wanted.has(id)).length,
    },
    announced: {
      rows: await count(`SELECT count(*) FROM outbox WHERE kind = 'entry.appended'`),
      notOnce: await count(
        `SELECT count(*) FROM (SELECT e.id FROM entry e LEFT JOIN outbox o ON o.entry_id = e.id AND o.kind = 'entry.appended'
                                GROUP BY e.id HAVING count(o.id) <> 1) x`,
      ),
    },
    identityStatesOff: await count(
      `SELECT (SELECT count(*) FROM outbox WHERE kind = 'identity.state') - (SELECT count(*) FROM identity)
            - (SELECT coalesce(sum(cardinality(moved)), 0) FROM graph_log)`,
    ),
    movesOff: await count(
      `SELECT (SELECT count(*) FROM outbox WHERE kind IN ('customer.merged', 'customer.unmerged')) - (SELECT count(*) FROM graph_log)`,
    ),
    brokenInvariants: await brokenInvariants(database),
    wrongEvidence:
      [...sent].filter((one) => !known.has(one)).length + [...known].filter((one) => !sent.has(one)).length,
    wrongPointers: [...right].filter(([id, customer]) => pointers.get(id) !== customer).length,
    strangeIdentities:
      oracle.names.stored.filter((name) => !names.has(name)).length + names.size - new Set(oracle.names.stored).size,
    identities: oracle.names.stored.length,
    people: oracle.people,
  };
}

/**
 * Unifies a log in processes that are killed with -9 while they work, on a PostgreSQL that is killed with -9 as well.
 * Offsets are noted outside, late or not at all, so that every successor meets messages again that are stored already.
 *
 * @param tell told of the progress, one line at a time
 */
export async function runIdentityChaos(scale: ChaosScale, tell: (line: string) => void): Promise<ChaosReport> {
  const server = await startTestPostgres();
  try {
    const url = await server.createDatabase();
    await migrate(url);
    return await new ChaosRun(scale, server, url, tell).run();
  } finally {
    await server.stop();
  }
}
