import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuild } from '../support/build.js';
import { Standalone } from '../support/standalone.js';
import { until } from '../support/until.js';

const START_TIMEOUT_MS = 240_000;
const DAY_TIMEOUT_MS = 180_000;
/** The day in about ten seconds. */
const SPEED = '6000';

/** The demonstration as in a second terminal. */
class DemoRun {
  output = '';
  progress = '';
  readonly code: Promise<number | null>;

  constructor(home: string) {
    const main = path.join(ensureBuild(), 'apps/standalone/src/demo/main.js');
    const demo = spawn(process.execPath, [main, '--speed', SPEED], { env: { ...process.env, OMNILINE_HOME: home } });
    demo.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    demo.stderr.on('data', (chunk: Buffer) => (this.progress += chunk.toString()));
    this.code = new Promise((resolve) => demo.once('close', resolve));
  }
}

describe('npm run demo', () => {
  let standalone: Standalone;

  beforeAll(async () => {
    // No such file: the standalone run makes accounts of the demonstration.
    standalone = new Standalone('', { OMNILINE_ACCOUNTS: 'none' });
    await standalone.start();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await standalone.stop();
  }, 120_000);

  it.each(['the first', 'the second'])(
    'plays %s day through the doors and finds everything there once',
    async () => {
      const demo = new DemoRun(standalone.home);
      expect({ code: await demo.code, output: demo.output, progress: demo.progress }).toEqual({
        code: 0,
        output: expect.stringContaining('Nothing lost, nothing doubled, everything in its order.'),
        progress: expect.stringContaining('100 %'),
      });
    },
    DAY_TIMEOUT_MS,
  );

  it(
    'names the entry that is lost, and ends with 1',
    async () => {
      const database = await standalone.database();
      const [before] = await database.query<{ at: Date }>('SELECT now() AS at', []);
      const demo = new DemoRun(standalone.home);
      await until(() => demo.progress.includes('80 %'), DAY_TIMEOUT_MS);
      // The first of the day: whatever its provider sent again has long come, and would have made it anew.
      const [lost] = await database.query<{ id: string }>(
        `DELETE FROM entry WHERE id = (SELECT id FROM entry WHERE stored_at >= $1 ORDER BY stored_at LIMIT 1) RETURNING id`,
        [before?.at],
      );
      expect(await demo.code).toBe(1);
      expect(demo.output).toContain('The timelines do not show what was sent.');
      expect(demo.output).toContain(`ent_${lost?.id}`);
    },
    DAY_TIMEOUT_MS,
  );
});
