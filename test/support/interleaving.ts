import type { Scheduler } from 'fast-check';
import { Database, type NamedStatement, type Queryable } from '@app/persistence';

/** Name under which the sessions of actors are seen by the server. */
const SESSION = 'interleaved-actor';
const DEADLINE_MS = 20_000;

const labelOf = (statement: string | NamedStatement): string =>
  typeof statement === 'string' ? statement.trim().slice(0, 40) : statement.name;

/** Whoever works on the store: it is at a gate, within a statement, or done. */
interface Actor {
  readonly name: string;
  state: 'waiting' | 'running' | 'done';
}

/**
 * Lets several pieces of work on one PostgreSQL take turns statement by statement, in an order that fast-check chooses
 * and shrinks.
 *
 * Only beginnings are scheduled. The next one is released when every other actor has come to a gate, is done, or waits
 * for a lock of the server; a lock resolves by itself when its holder is released to its commit. So the scheduler never
 * waits for somebody who waits for another one's turn.
 */
export class Interleaving {
  /** Beginnings in the order in which they were released. */
  readonly trace: string[] = [];
  /** How often somebody went on while another one waited for a lock. */
  lockWaits = 0;
  private readonly actors: Actor[] = [];
  private readonly stores: Database[] = [];

  constructor(
    private readonly url: string,
    private readonly scheduler: Scheduler,
    private readonly monitor: Queryable,
  ) {}

  /**
   * Runs all works interleaved.
   *
   * @returns what each came to, in their order
   * @throws Error when nobody can go on
   */
  async run<T>(
    works: Readonly<Record<string, (store: Database) => Promise<T>>>,
  ): Promise<readonly PromiseSettledResult<T>[]> {
    const running = Object.entries(works).map(async ([name, work]) => await this.act(name, work));
    const outcomes = Promise.allSettled(running);
    try {
      while (this.actors.some(({ state }) => state !== 'done')) {
        await this.settle();
        if (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
      }
      return await outcomes;
    } finally {
      await Promise.all(this.stores.map((store) => store.close()));
    }
  }

  private async act<T>(name: string, work: (store: Database) => Promise<T>): Promise<T> {
    const actor: Actor = { name, state: 'running' };
    this.actors.push(actor);
    const real = Database.connect(this.url, { applicationName: SESSION, max: 2 });
    this.stores.push(real);
    try {
      return await work(new GatedStore(real, (label) => this.pass(actor, label)) as unknown as Database);
    } finally {
      actor.state = 'done';
    }
  }

  private async pass(actor: Actor, label: string): Promise<void> {
    actor.state = 'waiting';
    await this.scheduler.schedule(Promise.resolve(), `${actor.name}: ${label}`);
    actor.state = 'running';
    this.trace.push(`${actor.name}: ${label}`);
  }

  /** Waits until nobody moves but by a lock of somebody who stands at a gate. */
  private async settle(): Promise<void> {
    const end = Date.now() + DEADLINE_MS;
    while (Date.now() < end) {
      await new Promise((resolve) => setImmediate(resolve));
      const running = this.actors.filter(({ state }) => state === 'running').length;
      if (running === 0) return;
      const [row] = await this.monitor.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = $1 AND state = 'active' AND wait_event_type = 'Lock'`,
        [SESSION],
      );
      if (row!.n >= running && this.actors.some(({ state }) => state === 'waiting')) {
        this.lockWaits += 1;
        return;
      }
    }
    throw new Error(`Nobody goes on after\n${this.trace.slice(-20).join('\n')}`);
  }
}

/** A store that asks for its turn before each statement and before each commit. */
class GatedStore implements Queryable {
  constructor(
    private readonly real: Database,
    private readonly pass: (label: string) => Promise<void>,
  ) {}

  async query<Row extends object>(statement: string | NamedStatement, values?: readonly unknown[]): Promise<Row[]> {
    await this.pass(labelOf(statement));
    return await this.real.query<Row>(statement, values);
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return await this.real.transaction(async (tx) => {
      const result = await work({
        query: async (statement, values) => {
          await this.pass(labelOf(statement));
          return await tx.query(statement, values);
        },
      });
      await this.pass('commit');
      return result;
    });
  }
}

/** Raised by {@link failingAt} in place of the statement at which its work ends. */
export class CutOff extends Error {
  override readonly name = 'CutOff';
}

/**
 * A store whose user dies before statement number `at`, commits counted: what was committed stays, the rest is rolled
 * back, as after a kill.
 */
export function failingAt(real: Database, at: number): Database {
  let passed = 0;
  const pass = async (): Promise<void> => {
    passed += 1;
    if (passed > at) throw new CutOff(`before statement ${at + 1}`);
  };
  return new GatedStore(real, pass) as unknown as Database;
}
