import { createServer } from 'node:net';
import { Client } from 'pg';
import { OWNER } from './cluster-folder.js';

/** What a try to connect found. */
export type Reach = 'ours' | 'foreign' | 'starting' | 'silent';

/** SQLSTATE of a server that starts up, shuts down or recovers. */
const CANNOT_CONNECT_NOW = '57P03';

/** Connection string of a database of the cluster; the password is hexadecimal, so nothing needs escaping. */
export function databaseUrl(port: number, password: string, database = OWNER): string {
  return `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Asks the server behind `port` whether it is the one of `dataDir`: 'ours' when it takes our password and names the
 * folder, 'foreign' when it refuses or names another, 'starting' when it asks to wait, 'silent' when nobody answers.
 */
export async function reach(port: number, password: string, dataDir: string): Promise<Reach> {
  try {
    return await withClient(databaseUrl(port, password, 'postgres'), async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      return rows[0]?.data_directory === dataDir ? 'ours' : 'foreign';
    });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === CANNOT_CONNECT_NOW) return 'starting';
    return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /^\d/.test(code) ? 'foreign' : 'silent';
  }
}

/** Creates the database `omniline` unless it is there. */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  await withClient(databaseUrl(port, password, 'postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [OWNER]);
    if (rowCount) return;
    await client.query(`CREATE DATABASE ${OWNER}`).catch((error: { code?: unknown }) => {
      // Another process that reached the same server at the same time was first.
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    });
  });
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 3_000, ssl: false });
  // A server that ends in the middle also raises an event, which would end this process; the query rejects as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `preferred` when it is free on 127.0.0.1, else a free one that the system chooses. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await listenOnce(preferred)) !== undefined) return preferred;
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('No free port on 127.0.0.1');
  return port;
}

async function listenOnce(port: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
