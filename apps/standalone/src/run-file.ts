import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a second terminal finds the standalone run. */
export interface RunFile {
  /** For example `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly api_key: string;
  /** Path of the accounts file in use. */
  readonly accounts: string;
  readonly pid: number;
}

/** Where a run on `home` writes it. */
export const runFilePath = (home: string): string => join(home, 'run.json');

/** Writes `<home>/run.json`, readable by its owner only, because it holds the API key. */
export function writeRunFile(home: string, run: RunFile): void {
  rmSync(runFilePath(home), { force: true });
  writeFileSync(runFilePath(home), `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 });
}
