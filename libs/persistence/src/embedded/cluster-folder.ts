import { randomBytes, createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { canTraverse, handOver, type ServerUser } from './server-user.js';

/** Name of the superuser and of the database. */
export const OWNER = 'omniline';

/** Where one cluster keeps everything. */
export class ClusterFolder {
  private constructor(
    readonly location: string,
    private readonly user: ServerUser | undefined,
  ) {}

  /**
   * Opens `home`, or, when this is root and the server's user cannot reach it, a folder under /var/lib whose name is
   * derived from `home`; `log` is told which.
   */
  static open(home: string, user: ServerUser | undefined, log: (line: string) => void): ClusterFolder {
    mkdirSync(home, { recursive: true });
    // One name for one folder: the server is recognised by the path that it was started with.
    const wanted = realpathSync(home);
    if (user === undefined || canTraverse(wanted, user)) return new ClusterFolder(wanted, user);
    const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
    const moved = path.join('/var/lib/omniline', name);
    mkdirSync(moved, { recursive: true, mode: 0o755 });
    log(`The user ${user.name}, whom PostgreSQL runs as, cannot reach ${wanted}: the data is kept in ${moved}.`);
    return new ClusterFolder(moved, user);
  }

  get data(): string {
    return path.join(this.location, 'data');
  }

  get logFile(): string {
    return path.join(this.location, 'server.log');
  }

  /** The generated password of the superuser; made at the first call, the same ever after, also for two racing callers. */
  password(): string {
    const file = path.join(this.location, 'password');
    if (!existsSync(file)) {
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, randomBytes(24).toString('hex'), { mode: 0o600 });
      try {
        linkSync(draft, file);
      } catch (error) {
        if (!existsSync(file)) throw error;
      } finally {
        rmSync(draft, { force: true });
      }
    }
    handOver(file, this.user);
    return readFileSync(file, 'utf8').trim();
  }

  /** The port of the last start; undefined before the first one and when the file makes no sense. */
  rememberedPort(): number | undefined {
    const file = path.join(this.location, 'port');
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  }

  rememberPort(port: number): void {
    writeFileSync(path.join(this.location, 'port'), String(port));
  }

  /**
   * Makes the data folder at the first start. A half-made one never bears the final name, so that a start that was cut
   * short is repeated and two racing starts end with one cluster.
   *
   * @throws EmbeddedPostgresError with the output of initdb
   */
  ensureInitialised(initdb: string): void {
    this.password();
    if (!existsSync(path.join(this.data, 'PG_VERSION'))) this.initialise(initdb);
    handOver(this.data, this.user);
    if ((statSync(this.data).mode & 0o777) !== 0o700) chmodSync(this.data, 0o700);
  }

  private initialise(initdb: string): void {
    const draft = path.join(this.location, `data.${process.pid}.part`);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    handOver(draft, this.user);
    const identity = [
      `--username=${OWNER}`,
      `--pwfile=${path.join(this.location, 'password')}`,
      '--auth=scram-sha-256',
    ];
    const result = spawnSync(initdb, [`--pgdata=${draft}`, ...identity, '--encoding=UTF8', '--locale=C'], {
      encoding: 'utf8',
      cwd: this.location,
      ...(this.user ? { uid: this.user.uid, gid: this.user.gid } : {}),
    });
    if (result.status !== 0) {
      rmSync(draft, { recursive: true, force: true });
      const output = `${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
      throw new EmbeddedPostgresError(`initdb failed in ${this.location}:\n${output}`);
    }
    try {
      renameSync(draft, this.data);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(path.join(this.data, 'PG_VERSION'))) throw error;
    }
  }
}
