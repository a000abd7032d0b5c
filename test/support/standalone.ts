import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database, startEmbeddedPostgres } from '@app/persistence';
import { endWithParent } from '../../tools/kafka/end-with-parent.mjs';
import { Program } from './processes.js';
import { TimelineClient } from './timeline-client.js';
import { TEST_API_KEY } from './installation.js';

interface RunFile {
  readonly url: string;
  readonly pid: number;
}

/** Everything in one process, on a home folder of its own. The database lives on when the process is killed. */
export class Standalone {
  private readonly program: Program;
  private callOffGuard: () => void = () => undefined;
  private held: { url: string; database: Database } | undefined;

  /** @param accounts text of the accounts file */
  constructor(accounts: string, env: Readonly<Record<string, string>> = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), 'omniline-standalone-'));
    // Run as root, the database server belongs to another user, who has to get through.
    chmodSync(folder, 0o755);
    this.folder = folder;
    mkdirSync(this.home);
    writeFileSync(path.join(folder, 'accounts.yaml'), accounts);
    this.program = new Program({
      name: 'standalone',
      entry: 'apps/standalone/src/main.js',
      logs: folder,
      env: {
        PORT: '0',
        LOG_LEVEL: 'info',
        OMNILINE_HOME: this.home,
        OMNILINE_ACCOUNTS: path.join(folder, 'accounts.yaml'),
        OMNILINE_API_KEY: TEST_API_KEY,
        ...env,
      },
    });
  }

  private readonly folder: string;

  get home(): string {
    return path.join(this.folder, 'home');
  }

  get url(): string {
    return this.runFile()?.url ?? 'http://127.0.0.1:1';
  }

  get log(): string {
    return this.program.tail();
  }

  /** Starts the process, or starts it again on the same home. */
  async start(): Promise<void> {
    this.program.start();
    await this.program.waitFor('writes its run file', () => this.runFile()?.pid === this.program.pid);
    await this.takeOver();
  }

  /** Ends the process with SIGKILL; the database server lives on. */
  async kill9(): Promise<void> {
    await this.program.kill9();
  }

  /** Ends the database server under the running process with SIGKILL, and starts it again on the same port. */
  async crashDatabase(): Promise<void> {
    const { pid } = await this.takeOver();
    process.kill(pid, 'SIGKILL');
    await this.takeOver();
  }

  /** Address of the database as it runs now. */
  async databaseUrl(): Promise<string> {
    return (await this.takeOver()).url;
  }

  /** A pool on the database as it runs now. */
  async database(): Promise<Database> {
    const url = await this.databaseUrl();
    if (this.held?.url !== url) {
      await this.held?.database.close();
      this.held = { url, database: Database.connect(url, { applicationName: 'e2e', max: 2 }) };
    }
    return this.held.database;
  }

  client(): TimelineClient {
    return new TimelineClient(() => this.url, TEST_API_KEY);
  }

  /** Ends everything and removes the home. */
  async stop(): Promise<void> {
    await this.held?.database.close();
    await this.program.stop();
    // After a kill the server may have nobody who stops it.
    await (await this.takeOver()).stop();
    this.callOffGuard();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The server that runs on the home, started when none does. It does not outlive the tests. */
  private async takeOver() {
    const server = await startEmbeddedPostgres({ home: path.join(this.home, 'postgres') });
    this.callOffGuard();
    this.callOffGuard = endWithParent({ pid: server.pid });
    return server;
  }

  private runFile(): RunFile | undefined {
    const file = path.join(this.home, 'run.json');
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    return text === '' ? undefined : (JSON.parse(text) as RunFile);
  }
}
