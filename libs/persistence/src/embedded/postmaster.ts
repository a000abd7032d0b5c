import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterFolder } from './cluster-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { ServerUser } from './server-user.js';

/** What postmaster.pid says about a server that runs or ran. */
export interface PostmasterFile {
  readonly pid: number;
  /** Undefined as long as the server has not chosen it. */
  readonly port: number | undefined;
}

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const STOP_TIMEOUT_MS = 30_000;

/** Reads postmaster.pid; undefined when there is none. Lines: pid, data folder, start time, port, … */
export function readPostmasterFile(dataDir: string): PostmasterFile | undefined {
  const file = path.join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: port > 0 ? port : undefined } : undefined;
}

/**
 * Whether `pid` is a living server of this data folder. A number alone proves nothing: after a restart of the machine
 * or the container it soon belongs to another program, and PostgreSQL would then refuse to start for ever.
 */
export function isPostmasterOf(pid: number, dataDir: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // ESRCH: nobody has the number. EPERM: another user has it, so it is not a server that we started.
    return false;
  }
  if (process.platform === 'win32') return true;
  return commandLine(pid).includes(dataDir);
}

/** Empty for a process that is gone or a zombie. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    // The process ended in between.
    return '';
  }
}

/**
 * Removes the lock file when its number now belongs to another living program. The file of a number that nobody has
 * stays: it names the shared memory by which PostgreSQL sees that children of a killed server still write.
 */
export function forgetRecycledNumber({ pid }: PostmasterFile, dataDir: string): void {
  try {
    process.kill(pid, 0);
  } catch {
    // Nobody has the number, or another user, whom PostgreSQL does not take for a server of its own.
    return;
  }
  rmSync(path.join(dataDir, 'postmaster.pid'), { force: true });
}

/** A server that was started, with what it has logged since. */
export interface StartedPostmaster {
  readonly child: ChildProcess;
  /** What the server wrote since this start; at most the last 4,000 characters. */
  logTail(): string;
}

/** Starts the server in the background; it outlives this process and Ctrl-C in its terminal. */
export function spawnPostmaster(options: {
  postgres: string;
  folder: ClusterFolder;
  port: number;
  user: ServerUser | undefined;
  settings: Readonly<Record<string, string>>;
}): StartedPostmaster {
  const { folder, user } = options;
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const flags = Object.entries({ ...settings, port: String(options.port) }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
  const from = openLogPosition(folder.logFile);
  const log = openSync(folder.logFile, 'a', 0o600);
  const child = spawn(options.postgres, ['-D', folder.data, ...flags], {
    cwd: folder.location,
    stdio: ['ignore', log, log],
    detached: true,
    windowsHide: true,
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  closeSync(log);
  child.unref();
  return { child, logTail: () => readFileSync(folder.logFile).subarray(from).toString('utf8').slice(-4_000).trim() };
}

/** Size of the log before this start; a log that has grown large is set aside first. */
function openLogPosition(logFile: string): number {
  if (!existsSync(logFile)) return 0;
  const { size } = statSync(logFile);
  if (size < LOG_LIMIT_BYTES) return size;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

/**
 * Ends the server with a fast shutdown (open transactions are rolled back) and waits until it is gone.
 *
 * @throws EmbeddedPostgresError when it is still there after 30 s
 */
export async function stopPostmaster(pid: number, dataDir: string): Promise<void> {
  if (!isPostmasterOf(pid, dataDir)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isPostmasterOf(pid, dataDir)) {
    if (Date.now() > deadline) throw new EmbeddedPostgresError(`The server ${pid} did not stop within 30 s.`);
    await delay(20);
  }
}
