import pg from 'pg';
import { PermanentRecordError, StoreUnavailableError } from '@app/kernel';

const { Pool, Client } = pg;

/** Values that a statement takes; arrays become PostgreSQL arrays, Buffers become bytea. */
export type SqlValue = unknown;

/** A statement with a name is planned once for each connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** Runs statements; a pool or one transaction. */
export interface Queryable {
  /** @throws StoreUnavailableError for passing faults, PermanentRecordError for values that can never be stored */
  query<Row extends object>(statement: string | NamedStatement, values?: readonly SqlValue[]): Promise<Row[]>;
}

/** Options of {@link Database.connect}. */
export interface DatabaseOptions {
  readonly applicationName: string;
  /** Most connections (default 10). */
  readonly max?: number;
  /**
   * For connections that run prepared statements on tables that were empty when the statement was first planned: a
   * plan with a sequential scan would be kept for ever, and a storm of merges ran 15 times slower with one. Forbids
   * sequential scans and plans each statement once (identity design, section 4.4).
   */
  readonly genericPlans?: boolean;
  /**
   * Commits return before they are on disk; a later commit that waits, on any connection, takes them along, because the
   * log is written in order. For work that ends with such a commit.
   */
  readonly relaxedCommits?: boolean;
}

/** SQLSTATE classes and codes after which the same statement may succeed later. */
const PASSING = /^(08|53|57P0|40001|40P01|55P03|58)/;
/** Data exceptions and constraint violations: the values themselves are refused. */
const PERMANENT = /^(22|23)/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)/;

/** Translates what `pg` throws into our errors; anything unknown stays as it is. */
export function translateDatabaseError(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof code === 'string' ? code : '';
  if (PASSING.test(text) || NETWORK.test(text)) {
    return new StoreUnavailableError(`PostgreSQL is not available (${text})`, { cause: error });
  }
  if (PERMANENT.test(text)) {
    return new PermanentRecordError('constraint_violation', `PostgreSQL refuses the values (${text})`, {
      cause: error,
    });
  }
  if (
    typeof message === 'string' &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  ) {
    return new StoreUnavailableError('The connection to PostgreSQL was lost', { cause: error });
  }
  return error;
}

async function run<Row extends object>(
  target: pg.Pool | pg.ClientBase,
  statement: string | NamedStatement,
  values: readonly SqlValue[],
): Promise<Row[]> {
  const config = typeof statement === 'string' ? { text: statement } : statement;
  try {
    const result = await target.query({ ...config, values: [...values] });
    return result.rows as Row[];
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/**
 * A pool of connections to PostgreSQL. Safe to share within a process.
 */
export class Database implements Queryable {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly url: string,
    private readonly applicationName: string,
  ) {}

  /** Opens the pool lazily: no connection is made before the first statement. */
  static connect(url: string, options: DatabaseOptions): Database {
    const pool = new Pool({
      connectionString: url,
      max: options.max ?? 10,
      application_name: options.applicationName,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      options: [
        ...(options.genericPlans ? ['-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c jit=off'] : []),
        ...(options.relaxedCommits ? ['-c synchronous_commit=off'] : []),
      ].join(' '),
    });
    // An idle connection that breaks is replaced at the next statement; without a listener the process would die.
    pool.on('error', () => undefined);
    // The same for one in use, of which the pool takes its own listener away: its statement fails and tells the caller.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new Database(pool, url, options.applicationName);
  }

  /** Another pool on the same server, with options of its own. The caller closes it. */
  sibling(options: Omit<DatabaseOptions, 'applicationName'>): Database {
    return Database.connect(this.url, { ...options, applicationName: this.applicationName });
  }

  async query<Row extends object>(
    statement: string | NamedStatement,
    values: readonly SqlValue[] = [],
  ): Promise<Row[]> {
    return await run<Row>(this.pool, statement, values);
  }

  /** Runs `work` in one transaction on one connection; rolls back when it throws. */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
    let broken: Error | undefined;
    const transaction: Queryable = { query: (statement, values = []) => run(client, statement, values) };
    try {
      await transaction.query('BEGIN');
      const result = await work(transaction);
      await transaction.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Opens a dedicated session, for advisory locks and LISTEN. The caller listens to `error` and `end`, and ends it.
   *
   * @throws StoreUnavailableError when PostgreSQL cannot be reached
   */
  async connectClient(): Promise<pg.Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: this.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
