import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { endWithParent } from '../../tools/kafka/end-with-parent.mjs';
import { ensureBuild } from './build.js';
import { until } from './until.js';

/** How long a start may take on a machine that does much else. */
const START_TIMEOUT_MS = 90_000;
const END_TIMEOUT_MS = 40_000;
const LISTENING = /"url":"(http:[^"]+)","msg":"Listening"/;
const TAIL_CHARS = 6_000;

/** A program of the build and what it is started with. */
export interface ProgramOptions {
  /** Also the name of its log. */
  readonly name: string;
  /** Within the build, for example `apps/chat/src/main.js`. */
  readonly entry: string;
  /** The whole environment besides PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Existing folder for the log. */
  readonly logs: string;
}

/** A program of the build as a process of its own. Its output goes to a file, and it does not outlive the tests. */
export class Program {
  private child: ChildProcess | undefined;
  private ended: Promise<number | string> = Promise.resolve(0);
  private callOffGuard: () => void = () => undefined;
  private logStart = 0;

  constructor(private readonly options: ProgramOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get logFile(): string {
    return path.join(this.options.logs, `${this.options.name}.log`);
  }

  /** What the present run has written so far, standard error included. */
  output(): string {
    return this.everything().slice(this.logStart);
  }

  start(): void {
    this.logStart = this.everything().length;
    const { entry, env } = this.options;
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', path.join(ensureBuild(), entry)], {
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      detached: true,
    });
    closeSync(log);
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
      child.once('error', (error) => resolve(error.message));
    });
    if (child.pid !== undefined) this.callOffGuard = endWithParent({ pid: child.pid });
  }

  /** Exit code, or the signal that ended it. @throws Error when it goes on for too long */
  async exit(): Promise<number | string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.failure('does not end')), END_TIMEOUT_MS);
    });
    try {
      return await Promise.race([this.ended, late]);
    } finally {
      clearTimeout(timer);
      if (!this.running) this.callOffGuard();
    }
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async kill9(): Promise<void> {
    this.signal('SIGKILL');
    await this.exit();
  }

  /** Ends it in good order and gives its exit code. */
  async stop(): Promise<number | string> {
    if (this.running) this.signal('SIGTERM');
    return await this.exit();
  }

  /** Waits until the program says so in its log. @throws Error with the log when it ends first or takes too long */
  async waitFor(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await until(async () => !this.running || (await condition()), START_TIMEOUT_MS).catch((error: unknown) => {
      throw this.failure(what, error);
    });
    if (!this.running) throw this.failure(what);
  }

  /** The end of the log, for a person who reads a failed test. */
  tail(): string {
    return `--- ${this.name} (${this.running ? 'running' : 'ended'})\n${this.everything().slice(-TAIL_CHARS)}\n`;
  }

  private everything(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  private failure(what: string, cause?: unknown): Error {
    return new Error(`The process ${this.name}: ${what}\n${this.tail()}`, { cause });
  }
}

/** A service: a program that listens. Each start takes a free port, so ask for the address again after a restart. */
export class Service extends Program {
  url = '';

  /** Starts it and waits until it is ready for work. */
  async launch(): Promise<void> {
    this.start();
    await this.ready();
  }

  /** Waits until `GET /health/ready` answers 200. */
  async ready(): Promise<void> {
    await this.waitFor('says where it listens', () => LISTENING.test(this.output()));
    this.url = LISTENING.exec(this.output())![1]!;
    let report = '';
    await this.waitFor('is ready', async () => {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
        () => undefined,
      );
      report = (await response?.text()) ?? 'no answer';
      return response?.ok === true;
    }).catch((error: unknown) => {
      throw new Error(`${this.name} was not ready; it last said: ${report}`, { cause: error });
    });
  }
}
