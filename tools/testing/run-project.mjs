// Runs one of Jest's projects in a process of its own and reads its counts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/**
 * @param {{ project: string, workers: number, folder: string, env: NodeJS.ProcessEnv }} options folder for the report
 * @returns {Promise<{ project: string, passed: number, failed: number, skipped: number, seconds: number }>} a test file
 *   that did not run at all, and a run without a report, count as one failure each
 */
export async function runProject({ project, workers, folder, env }) {
  const report = path.join(folder, `${project}.json`);
  const began = Date.now();
  const options = ['--selectProjects', project, '-w', String(workers), '--json', '--outputFile', report];
  const code = await exitOf(
    spawn(process.execPath, [...JEST, ...options], { stdio: ['ignore', 'ignore', 'inherit'], env }),
  );
  const seconds = Math.round((Date.now() - began) / 1_000);
  if (!existsSync(report)) return { project, passed: 0, failed: 1, skipped: 0, seconds };
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  return {
    project,
    passed: counts.numPassedTests,
    // Jest may fail for a reason that no test has, for example an open handle at its end.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: counts.numPendingTests + counts.numTodoTests,
    seconds,
  };
}

const exitOf = (child) =>
  new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });
