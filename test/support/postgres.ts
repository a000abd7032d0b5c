import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../libs/persistence/src/embedded/embedded-postgres.js';
import { endWithParent } from '../../tools/kafka/end-with-parent.mjs';

/** A PostgreSQL server for tests: one of our own in a temporary folder, or the one that `DATABASE_URL` names. */
export interface TestPostgres {
  /** Connection string of the server's first database. */
  readonly url: string;
  /** True for the server of `DATABASE_URL`: kill9Postmaster and restart throw there. */
  readonly external: boolean;
  /** Creates an empty database (a name is made up when left out) and gives its connection string. */
  createDatabase(name?: string): Promise<string>;
  /** Drops a database by name or connection string, with the connections that are open to it. */
  dropDatabase(nameOrUrl: string): Promise<void>;
  /** Ends the server with SIGKILL and waits until it is gone; the data stays for `restart`. */
  kill9Postmaster(): Promise<void>;
  /** Starts the server again on the same data and, unless it was taken meanwhile, port; an orderly end comes first. */
  restart(): Promise<void>;
  /** Ends our own server and removes its data; does nothing to a server that is not ours. */
  stop(): Promise<void>;
}

/** How to start a test server. */
export interface TestPostgresOptions {
  /** Server settings. fsync stays on unless it is switched off here. */
  readonly settings?: Readonly<Record<string, string>>;
}

const CACHE = path.resolve(import.meta.dirname, '../../.cache');
/** The number goes up when the way a cluster is made changes. */
const TEMPLATE = path.join(CACHE, 'postgres-template-1');

/**
 * Starts a cluster from a copy of one that was initialised once (.cache/), in about a third of a second. It ends with
 * the test process, even when that one is killed.
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const url = process.env['DATABASE_URL'];
  if (url) return new ExternalServer(url);
  await ensureTemplate();
  const home = temporaryHome();
  cpSync(TEMPLATE, home, { recursive: true });
  const server = new OwnServer(home, options.settings ?? {});
  await server.start();
  return server;
}

/** Server operations that need no more than a connection. */
abstract class TestServer implements TestPostgres {
  abstract readonly url: string;
  abstract readonly external: boolean;
  abstract kill9Postmaster(): Promise<void>;
  abstract restart(): Promise<void>;
  abstract stop(): Promise<void>;

  async createDatabase(name = `test_${randomBytes(6).toString('hex')}`): Promise<string> {
    await this.administer(`CREATE DATABASE ${checkedName(name)}`);
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async dropDatabase(nameOrUrl: string): Promise<void> {
    const name = nameOrUrl.includes('://') ? new URL(nameOrUrl).pathname.slice(1) : nameOrUrl;
    await this.administer(`DROP DATABASE IF EXISTS ${checkedName(name)} WITH (FORCE)`);
  }

  private async administer(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

class OwnServer extends TestServer {
  readonly external = false;
  private server: EmbeddedPostgres | undefined;
  private callOffGuard: () => void = () => undefined;
  private lastUrl = '';

  constructor(
    private readonly home: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    super();
  }

  get url(): string {
    return this.lastUrl;
  }

  async start(): Promise<void> {
    this.server = await startEmbeddedPostgres({ home: this.home, settings: this.settings });
    this.lastUrl = this.server.url;
    this.callOffGuard = endWithParent({ pid: this.server.pid, directory: this.home });
  }

  async kill9Postmaster(): Promise<void> {
    if (this.server === undefined) return;
    this.callOffGuard();
    process.kill(this.server.pid, 'SIGKILL');
    // The server is gone already, so this only waits until the system has noticed.
    await this.server.stop();
    this.server = undefined;
  }

  async restart(): Promise<void> {
    this.callOffGuard();
    await this.server?.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    this.callOffGuard();
    await this.server?.stop();
    this.server = undefined;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

class ExternalServer extends TestServer {
  readonly external = true;

  constructor(readonly url: string) {
    super();
  }

  async kill9Postmaster(): Promise<void> {
    this.refuse();
  }

  async restart(): Promise<void> {
    this.refuse();
  }

  async stop(): Promise<void> {
    // Databases of the tests stay for whoever looks into a failure; dropDatabase removes them.
  }

  private refuse(): never {
    throw new Error('The server of DATABASE_URL is not ours to end; unset DATABASE_URL for this test.');
  }
}

/** A cluster that was initialised, started once and stopped in order; complete as soon as it has its name. */
async function ensureTemplate(): Promise<void> {
  if (existsSync(TEMPLATE)) return;
  const home = temporaryHome();
  const server = await startEmbeddedPostgres({ home });
  await server.stop();
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(`${TEMPLATE}.part-`);
  chmodSync(draft, 0o755);
  cpSync(home, draft, { recursive: true });
  // Each copy chooses a port of its own; a shared one would make two starts race for it.
  rmSync(path.join(draft, 'port'));
  rmSync(home, { recursive: true, force: true });
  try {
    renameSync(draft, TEMPLATE);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(TEMPLATE)) throw error;
  }
}

function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'omniline-postgres-'));
  // Run as root, the server belongs to another user, who has to get through.
  chmodSync(home, 0o755);
  return home;
}

function checkedName(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`Not a plain database name: ${name}`);
  return name;
}
