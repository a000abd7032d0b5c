import { resolve } from 'node:path';
import type { Config } from '@app/kernel';
import { checkInvariants, Database } from '@app/persistence';
import { openDatabase } from '../open-database.js';

/** Checks what must always be true, and says so line by line. @returns whether it is */
export async function checkStore(config: Config): Promise<boolean> {
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
