import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BUILDS = path.join(ROOT, '.cache/builds');

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => path.join(folder, file));
}

function digestOfSources(further: readonly string[]): string {
  const hash = createHash('sha256');
  const sources = ['apps', 'libs', ...further].flatMap(sourcesIn);
  for (const file of ['.swcrc', 'tools/build.mjs', 'package-lock.json', ...sources]) {
    hash.update(`${file}\n`).update(readFileSync(path.join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 20);
}

const present = new Map<string, string>();

/**
 * Compiles apps and libs as `npm run build` does, once for each state of the sources, into a folder named after their
 * digest; a test process keeps to the state that it began with. So test files that run at the same time share one build, and nobody's build pulls the program from under a
 * process that is to be started again.
 *
 * @param further folders of tests with programs of their own, compiled along
 * @returns absolute path of the folder that stands for `dist/`
 * @throws Error with the compiler's words
 */
export function ensureBuild(...further: readonly string[]): string {
  const key = further.join(' ');
  const built = present.get(key) ?? build(further);
  present.set(key, built);
  return built;
}

function build(further: readonly string[]): string {
  const folder = path.join(BUILDS, digestOfSources(further));
  if (existsSync(folder)) return folder;
  mkdirSync(BUILDS, { recursive: true });
  const draft = mkdtempSync(path.join(BUILDS, 'part-'));
  const compiled = spawnSync(process.execPath, ['tools/build.mjs', '--out', draft, ...further], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (compiled.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`The build failed:\n${compiled.stdout}${compiled.stderr}`);
  }
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
