// The whole suite: npm test [-- --no-skip]
//   unit: pure, fast.  integration: real PostgreSQL, Kafka and Dovecot.  e2e: every service as a process, and chaos.
// The last line counts. The exit code is 1 after a failure, and after a skip when CI=true or --no-skip.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareTests } from './testing/prepare.mjs';
import { runProject } from './testing/run-project.mjs';

/** Suites with servers share two cores with those servers. */
const PROJECTS = [
  { project: 'unit', workers: 2 },
  { project: 'integration', workers: 2 },
  { project: 'e2e', workers: 1 },
];

const { values } = parseArgs({ options: { 'no-skip': { type: 'boolean', default: process.env.CI === 'true' } } });
const folder = mkdtempSync(path.join(tmpdir(), 'omniline-test-'));
const skips = path.join(folder, 'skips');
const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);

function reasons() {
  return existsSync(skips) ? [...new Set(readFileSync(skips, 'utf8').trim().split('\n'))] : [];
}

function summary(results) {
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((key) => sum(results, key));
  const lines = results.map(
    (r) => `${r.project}: ${r.passed} passed, ${r.failed} failed, ${r.skipped} skipped, ${r.seconds} s`,
  );
  if (skipped > 0) lines.push('Skipped:', ...reasons().map((reason) => `  ${reason}`));
  if (skipped > 0 && values['no-skip']) lines.push('A skip counts as a failure here.');
  lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return { text: `\n${lines.join('\n')}\n`, good: failed === 0 && (skipped === 0 || !values['no-skip']) };
}

await prepareTests();
const results = [];
for (const { project, workers } of PROJECTS) {
  process.stderr.write(`\n${project}\n`);
  results.push(await runProject({ project, workers, folder, env: { ...process.env, OMNILINE_SKIPS: skips } }));
}
const { text, good } = summary(results);
rmSync(folder, { recursive: true, force: true });
process.stdout.write(text);
process.exitCode = good ? 0 : 1;
