import { setTimeout as delay } from 'node:timers/promises';
import { ClusterFolder } from './cluster-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { prepareBinaries, type NativeBinaries } from './native-binaries.js';
import {
  forgetRecycledNumber,
  isPostmasterOf,
  readPostmasterFile,
  spawnPostmaster,
  stopPostmaster,
  type StartedPostmaster,
} from './postmaster.js';
import { databaseUrl, ensureDatabase, freePort, reach } from './reach-server.js';
import { chooseServerUser, type ServerUser } from './server-user.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** How to start the embedded server. */
export interface EmbeddedPostgresOptions {
  /** Folder for everything: data, password (0600), port, server log. Made when missing. */
  readonly home: string;
  /** Told what a person may want to know, one line at a time. */
  readonly log?: (line: string) => void;
  /** Server settings, as `-c name=value`. A server that is reused keeps the ones of its own start. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running server. */
export interface EmbeddedPostgres {
  /** Connection string of the database `omniline`, with the password: never to be logged. */
  readonly url: string;
  readonly pid: number;
  /** True when a server left by an earlier process, or run by another one, was taken over. */
  readonly reused: boolean;
  /** Fast shutdown; resolves when the server is gone. Skipping it is safe: the next start reuses or recovers. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
/** How long a server that runs but does not let us in may take before it is stopped. */
const TAKEOVER_PATIENCE_MS = 5_000;
/** How long our own new server may refuse our password before that is final. */
const REFUSAL_PATIENCE_MS = 1_000;
/**
 * Faults that pass: another start has made its lock and not written it yet, a server that was killed leaves its lock and its
 * shared memory until its children are gone, and a port may be taken between choice and use.
 */
const PASSING =
  /lock file "postmaster\.pid" (?:already exists|is empty)|pre-existing shared memory block|could not bind|could not create any TCP/;

/**
 * Starts PostgreSQL on 127.0.0.1 from the installed binary package, or takes over the server that already runs on
 * `home`. Rows that were committed survive a kill of this process or of the server. Logins use scram-sha-256 with a
 * generated password; there is no Unix socket and no TLS.
 *
 * @throws EmbeddedPostgresError when the platform has no package, or with the tail of the server's log when the server
 *   does not come up within 30 s
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const user = chooseServerUser();
  const folder = ClusterFolder.open(options.home, user, log);
  const binaries = prepareBinaries({ copyDir: folder.location, user, log });
  folder.ensureInitialised(binaries.initdb);
  const launch = new Launch(folder, binaries, user, options.settings ?? {}, log);
  return await launch.run();
}

/** One call of {@link startEmbeddedPostgres}, from the prepared folder to the server that answers. */
class Launch {
  private readonly deadline = Date.now() + START_TIMEOUT_MS;
  private readonly password: string;
  private lastLog = '';

  constructor(
    private readonly folder: ClusterFolder,
    private readonly binaries: NativeBinaries,
    private readonly user: ServerUser | undefined,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly log: (line: string) => void,
  ) {
    this.password = folder.password();
  }

  async run(): Promise<EmbeddedPostgres> {
    while (Date.now() < this.deadline) {
      const server = (await this.takeOver()) ?? (await this.startNew());
      if (server) return server;
      await delay(100);
    }
    throw this.failure(`PostgreSQL did not start within ${START_TIMEOUT_MS / 1000} s.`);
  }

  /** The server that runs on this folder already; one that does not let us in is stopped. */
  private async takeOver(): Promise<EmbeddedPostgres | undefined> {
    const patience = Date.now() + TAKEOVER_PATIENCE_MS;
    for (;;) {
      const running = readPostmasterFile(this.folder.data);
      if (running === undefined) return undefined;
      if (!isPostmasterOf(running.pid, this.folder.data)) {
        forgetRecycledNumber(running, this.folder.data);
        return undefined;
      }
      const answer =
        running.port === undefined ? 'starting' : await reach(running.port, this.password, this.folder.data);
      if (answer === 'ours' && running.port !== undefined) return await this.ready(running.pid, running.port, true);
      if (answer === 'foreign' || Date.now() > (answer === 'starting' ? this.deadline : patience)) {
        this.log(`Stopping the PostgreSQL server ${running.pid}: it runs on our data and does not let us in.`);
        await stopPostmaster(running.pid, this.folder.data);
        return undefined;
      }
      await delay(50);
    }
  }

  /** Undefined when the start failed for a reason that passes. */
  private async startNew(): Promise<EmbeddedPostgres | undefined> {
    const port = await freePort(this.folder.rememberedPort());
    const started = spawnPostmaster({
      postgres: this.binaries.postgres,
      folder: this.folder,
      port,
      user: this.user,
      settings: this.settings,
    });
    const ended = watchEnd(started);
    let patience: number | undefined;
    while (Date.now() < this.deadline) {
      const answer = await reach(port, this.password, this.folder.data);
      if (ended.reason !== undefined) {
        this.lastLog = `${ended.reason}\n${started.logTail()}`;
        if (PASSING.test(this.lastLog)) return undefined;
        throw this.failure('PostgreSQL ended while it was starting.');
      }
      if (answer === 'ours' && started.child.pid !== undefined) return await this.ready(started.child.pid, port, false);
      // For a moment it may be another program that took the port: ours then ends and says so.
      if (answer === 'foreign' && Date.now() > (patience ??= Date.now() + REFUSAL_PATIENCE_MS)) {
        await this.giveUp(started);
        throw this.failure('PostgreSQL started on our data and refuses our password.');
      }
      await delay(30);
    }
    await this.giveUp(started);
    return undefined;
  }

  /** Ends a server that did not become usable, and keeps what it logged. */
  private async giveUp({ child, logTail }: StartedPostmaster): Promise<void> {
    if (child.pid !== undefined) await stopPostmaster(child.pid, this.folder.data);
    this.lastLog = logTail();
  }

  private async ready(pid: number, port: number, reused: boolean): Promise<EmbeddedPostgres> {
    await ensureDatabase(port, this.password);
    this.folder.rememberPort(port);
    this.log(
      `PostgreSQL ${reused ? 'was running' : 'runs'} on 127.0.0.1:${port} (pid ${pid}, ${this.folder.location}).`,
    );
    const stop = async (): Promise<void> => await stopPostmaster(pid, this.folder.data);
    return { url: databaseUrl(port, this.password), pid, reused, stop };
  }

  private failure(what: string): EmbeddedPostgresError {
    return new EmbeddedPostgresError(`${what} Log (${this.folder.logFile}):\n${this.lastLog}`);
  }
}

/** Notes why the server's process ended, or that it could not be run at all. */
function watchEnd({ child }: StartedPostmaster): { reason: string | undefined } {
  const ended: { reason: string | undefined } = { reason: undefined };
  child.once('exit', (code, signal) => (ended.reason = `It ended with ${signal ?? `code ${code}`}.`));
  child.once('error', (error) => (ended.reason = `It could not be run: ${error.message}.`));
  return ended;
}
