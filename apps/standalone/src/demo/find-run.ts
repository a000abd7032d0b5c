import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { runFilePath, type RunFile } from '../run-file.js';

const runSchema: z.ZodType<RunFile> = z.object({
  url: z.url(),
  api_key: z.string(),
  accounts: z.string(),
  pid: z.int(),
});

const NOT_RUNNING = 'Omniline does not run here. Start it in another terminal with npm start, then try again.';

/** Whether a process is there; one of another user is there, too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

/** What a run wrote at its start, which may have ended since; undefined when there is nothing. */
const readRun = (path: string): RunFile | undefined =>
  existsSync(path) ? runSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;

/** Whether a standalone run keeps its things in `home` now. */
export function isRunning(home: string): boolean {
  const run = readRun(runFilePath(home));
  return run !== undefined && isAlive(run.pid);
}

/**
 * Finds the standalone run that keeps its things in `home`.
 *
 * @throws Error with what to do when there is none
 */
export function findRun(home: string): RunFile {
  const path = runFilePath(home);
  const run = readRun(path);
  if (run === undefined) throw new Error(`${NOT_RUNNING}\n(There is no ${path}.)`);
  if (!isAlive(run.pid)) throw new Error(`${NOT_RUNNING}\n(${path} was left behind by a run that ended.)`);
  return run;
}
