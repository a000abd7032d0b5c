import { appendFileSync } from 'node:fs';

/**
 * Chooses between running and skipping a group of tests. A skip is said aloud, so that nobody takes it for a success:
 * `npm test` lists the reasons at its end, from the file that `OMNILINE_SKIPS` names, and refuses skips in CI.
 *
 * @param unavailable why the group cannot run here; undefined when it can
 */
export function describeUnless(unavailable: string | undefined): typeof describe | typeof describe.skip {
  if (unavailable === undefined) return describe;
  const { testPath } = expect.getState();
  const line = `${testPath?.split('/').slice(-2).join('/') ?? 'a test'}: ${unavailable}`;
  process.stderr.write(`Skipped: ${line}\n`);
  const file = process.env['OMNILINE_SKIPS'];
  if (file !== undefined && file !== '') appendFileSync(file, `${line}\n`);
  return describe.skip;
}
