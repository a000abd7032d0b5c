import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { endWithParent } from '../../tools/kafka/end-with-parent.mjs';
import { ensureBuild } from './build.js';
import type { ChaosJob } from './chaos-worker/main.js';
import { TEST_SECRET } from './unifier.js';

const SOURCES = 'test/support/chaos-worker';

/**
 * A process that unifies one partition of the log of the chaos tests, until it is killed or has done all. It takes a
 * while to start, so one may be at hand before there is work for it.
 */
export class ChaosWorker {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly callOffGuard: () => void;

  /** @param logFile for what it says */
  constructor(logFile: string) {
    const log = openSync(logFile, 'a');
    this.child = fork(path.join(ensureBuild(SOURCES), SOURCES, 'main.js'), {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: ['--enable-source-maps'],
      detached: true,
    });
    closeSync(log);
    this.callOffGuard = endWithParent({ pid: this.child.pid! });
    this.ended = new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  /** @param committed told of each offset that is committed */
  begin(job: Omit<ChaosJob, 'secret'>, committed: (offset: number) => void): void {
    this.child.on('message', ({ offset }: { offset: number }) => committed(offset));
    this.child.send({ ...job, secret: TEST_SECRET } satisfies ChaosJob);
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
