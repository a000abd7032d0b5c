import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export interface ChildServer {
  readonly port: number;
  readonly pid: number;
  /** Resident memory now, in MiB. */
  memoryMib(): number;
  /** CPU time so far, in seconds, of all its threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const TICKS_PER_SECOND = 100;

function cpuSecondsOf(pid: number): number {
  // After the name in brackets come the fields from number 3 on; 14 and 15 are user and system time.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The same of a child that may have ended since it was listed: then its parent's figures hold it. */
function cpuSecondsOfChild(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

/** CPU time of a process and of its children, living and ended, in seconds: all of a PostgreSQL server. */
export function familyCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const own = [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0) / TICKS_PER_SECOND;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuSecondsOfChild(Number(child)), own);
}

/** Resident memory of a process, in MiB. */
export function memoryMibOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

async function portOf(child: ChildProcess, name: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const lines: string[] = [];
    const timer = setTimeout(() => reject(new Error(`${name} did not listen: ${lines.join('\n')}`)), START_TIMEOUT_MS);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line);
      const port = /"url":"http:\/\/[^:]+:(\d+)"/.exec(line)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${lines.join('\n')}`)));
  });
}

/** Starts a compiled program that logs `"url":"http://…:<port>"` once it listens. Linux only: it reads /proc. */
export async function startServer(
  name: string,
  script: string,
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<ChildServer> {
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, script], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await portOf(child, name);
  const pid = child.pid!;
  return {
    port,
    pid,
    memoryMib: () => memoryMibOf(pid),
    cpuSeconds: () => cpuSecondsOf(pid),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
