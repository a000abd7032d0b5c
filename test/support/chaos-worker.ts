import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { endWithParent } from '../../tools/kafka/end-with-parent.mjs';
import { ensureBuild } from './build.js';
import { TEST_SECRET } from './unifier.js';

const SOURCES = 'test/support/chaos-worker';

/** What a worker is to do. */
export interface ChaosWorkerOptions {
  readonly url: string;
  readonly partition: number;
  /** Its first offset. */
  readonly from: number;
  /** Length of the whole log. */
  readonly messages: number;
  readonly batch: number;
  /** File for what it says. */
  readonly logFile: string;
  /** Told of each offset that is committed. */
  readonly committed: (offset: number) => void;
}

/** A process that unifies one partition of the log of the chaos tests, until it is killed or has done all. */
export class ChaosWorker {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly callOffGuard: () => void;

  constructor(options: ChaosWorkerOptions) {
    const { url, partition, from, messages, batch } = options;
    const log = openSync(options.logFile, 'a');
    const values = { url, secret: TEST_SECRET, partition, from, messages, batch };
    this.child = fork(
      path.join(ensureBuild(SOURCES), SOURCES, 'main.js'),
      Object.entries(values).map(([name, value]) => `--${name}=${value}`),
      { stdio: ['ignore', log, log, 'ipc'], execArgv: ['--enable-source-maps'], detached: true },
    );
    closeSync(log);
    this.callOffGuard = endWithParent({ pid: this.child.pid! });
    this.ended = new Promise((resolve) => this.child.once('exit', () => resolve()));
    this.child.on('message', ({ offset }: { offset: number }) => options.committed(offset));
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Exit code when it ended by itself. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  allow(until: number): void {
    // One that has just died does not hear it; the next one will.
    if (this.child.connected) this.child.send({ until }, () => undefined);
  }

  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    this.callOffGuard();
  }
}
