import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closeOnSignal, runProcess } from '@app/runtime';
import { playDemo } from './demo/play.js';
import { runFilePath } from './run-file.js';
import { startStandalone } from './start-standalone.js';
import { welcome } from './welcome.js';

const HELP = `Usage: npm start [-- --demo]

Runs every service of Omniline in one process, with a database of its own in .omniline/.

  --demo   then plays a day of a small shop through the doors
  --help   shows this
`;

await runProcess(async () => {
  const { values } = parseArgs({ options: { demo: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  process.stdout.write('Starting Omniline …\n');
  const standalone = await startStandalone();
  closeOnSignal(standalone.application, standalone.logger, async () => {
    rmSync(runFilePath(standalone.home), { force: true });
    await standalone.stopDatabase();
  });
  process.stdout.write(welcome(standalone.run));
  if (values.demo) await playDemo({ run: standalone.run });
});
