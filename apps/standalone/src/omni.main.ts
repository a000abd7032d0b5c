import { resolve } from 'node:path';
import { loadConfig } from '@app/kernel';
import { checkInvariants, Database } from '@app/persistence';
import { runProcess } from '@app/runtime';
import { openDatabase } from './open-database.js';

const HELP = `Usage: npm run omni -- check

  check   checks what must always be true of identities, customers and timelines; ends with 1 when something is not

It asks the database of DATABASE_URL, or the one of the standalone run.
`;

async function check(): Promise<boolean> {
  const config = loadConfig();
  const store = await openDatabase(config, resolve(config.OMNILINE_HOME));
  const database = Database.connect(store.url, { applicationName: 'omniline-omni', max: 1 });
  try {
    const reports = await checkInvariants(database);
    for (const { name, broken, examples } of reports) {
      process.stdout.write(
        broken === 0 ? `ok      ${name}\n` : `BROKEN  ${name}: ${broken}, for example ${examples.join(', ')}\n`,
      );
    }
    return reports.every(({ broken }) => broken === 0);
  } finally {
    await database.close();
    await store.release();
  }
}

await runProcess(async () => {
  const [command] = process.argv.slice(2);
  if (command !== 'check') {
    process.stdout.write(HELP);
    process.exitCode = command === undefined || command === '--help' ? 0 : 2;
    return;
  }
  if (!(await check())) process.exitCode = 1;
});
