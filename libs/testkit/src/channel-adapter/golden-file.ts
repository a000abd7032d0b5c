import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A payload on disk, beside `<name>.expected.json`. `body` is encoded as the provider writes JSON, `body_text` is taken
 * as it is: for forms, and for what JSON on disk would change, such as integers above 2^53.
 */
export interface Fixture {
  readonly name: string;
  /** Where it comes from, for example `Invented.` */
  readonly note: string;
  readonly body?: unknown;
  readonly body_text?: string;
  readonly expectedPath: string;
}

/** `UPDATE_GOLDEN=1` rewrites expected files instead of comparing; review the difference as code. */
const rewrites = process.env.UPDATE_GOLDEN === '1';

/** Reads every fixture of a folder, by name. */
export function readFixtures(folder: URL): readonly Fixture[] {
  const path = fileURLToPath(folder);
  const names = readdirSync(path).filter((name) => name.endsWith('.json') && !name.endsWith('.expected.json'));
  return names.sort().map((file) => {
    const name = file.slice(0, -'.json'.length);
    const content = JSON.parse(readFileSync(`${path}/${file}`, 'utf8')) as Omit<Fixture, 'name' | 'expectedPath'>;
    return { ...content, name, expectedPath: `${path}/${name}.expected.json` };
  });
}

/**
 * The expected outcome of a fixture.
 *
 * @param actual written to the file first when the flag is set
 * @throws Error when there is no file; it is never written without the flag
 */
export function expectedOf({ expectedPath }: Fixture, actual: unknown): unknown {
  if (rewrites) writeFileSync(expectedPath, `${JSON.stringify(actual, null, 2)}\n`);
  if (!existsSync(expectedPath))
    throw new Error(`${expectedPath} is missing: run once with UPDATE_GOLDEN=1 and review`);
  return JSON.parse(readFileSync(expectedPath, 'utf8')) as unknown;
}
