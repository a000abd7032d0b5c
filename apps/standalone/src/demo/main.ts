import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, loadConfig } from '@app/kernel';
import { findRun, isRunning } from './find-run.js';
import { playDemo } from './play.js';

const HELP = `Usage: npm run demo [-- --speed 2000] [-- --seed word]

Plays a day of a small shop to the Omniline that runs here (npm start), through its real doors: signed webhooks and
mails from simulated providers, with retries, duplicates, late and out-of-order deliveries, and a few forgeries.
Then shows the timelines, and whether anything was lost or doubled; if so, the exit code is 1.

  --speed N    seconds of the day for one real second (2000: the day takes half a minute)
  --seed WORD  the same names and mishaps again
  --help       shows this
`;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { speed: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return true;
  }
  const speed = values.speed === undefined ? undefined : Number(values.speed);
  if (speed !== undefined && !(speed >= 1)) throw new Error('--speed: a number from 1, for example 2000');
  const home = resolve(loadConfig().OMNILINE_HOME);
  const run = findRun(home);
  try {
    return await playDemo({
      run,
      ...(speed === undefined ? {} : { speed }),
      ...(values.seed && { seed: values.seed }),
    });
  } catch (error) {
    if (isRunning(home)) throw error;
    throw new Error('\nOmniline ended in the middle of the day. Start it again with npm start.', { cause: error });
  }
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : describeError(error)}\n`);
  // At once: what is still planned for the day would go on for half a minute.
  process.exit(1);
}
