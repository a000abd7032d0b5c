import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '@app/kernel';
import { closeOnSignal, runProcess } from '@app/runtime';
import { playDemo } from './demo/play.js';
import { runFilePath, type RunFile } from './run-file.js';
import { startStandalone } from './start-standalone.js';
import { welcome } from './welcome.js';

const HELP = `Usage: npm start [-- --demo]

Runs every service of Omniline in one process, with a database of its own in .omniline/.

  --demo   then plays a day of a small shop through the doors
  --help   shows this
`;

/** Plays the day; whatever comes of it, Omniline runs on, and the exit code tells of it in the end. */
async function playHere(run: RunFile, isClosing: () => boolean): Promise<void> {
  try {
    if (!(await playDemo({ run }))) process.exitCode = 1;
  } catch (error) {
    // Ctrl-C in the middle of the day closes the doors under the demonstration: that is no news.
    if (isClosing()) return;
    process.stderr.write(`\n${error instanceof Error ? error.message : describeError(error)}\n`);
    process.exitCode = 1;
  }
  process.stdout.write('\nOmniline runs on. Ctrl-C ends.\n');
}

await runProcess(async () => {
  const { values } = parseArgs({ options: { demo: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  process.stdout.write('Starting Omniline …\n');
  // Lines of the log would tear the progress bar; what the doors refuse stands in the demonstration's own numbers.
  const standalone = await startStandalone({ logLevel: values.demo ? 'error' : 'warn' });
  let isClosing = false;
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (isClosing = true));
  closeOnSignal(standalone.application, standalone.logger, async () => {
    rmSync(runFilePath(standalone.home), { force: true });
    await standalone.stopDatabase();
  });
  process.stdout.write(welcome(standalone.run, { isDemoNext: values.demo === true }));
  if (values.demo) await playHere(standalone.run, () => isClosing);
});
