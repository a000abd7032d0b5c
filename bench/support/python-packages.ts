import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/** A folder below `.cache`, which git ignores, for what a benchmark fetches. */
export const cacheFolder = (name: string): string => resolve('.cache', 'bench', name);

/**
 * Installs Python packages into a folder of their own, once.
 *
 * @param requirements as pip takes them, with versions, so that a later run has the same
 * @throws Error with pip's words when they cannot be had
 */
export async function installPython(
  name: string,
  requirements: readonly string[],
  options: { readonly withDependencies: boolean },
): Promise<string> {
  const folder = cacheFolder(name);
  if (existsSync(folder)) return folder;
  // Under another name until it is whole, so that a broken download is tried again.
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const flags = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:', '--target', part];
  await run('python3', [
    '-m',
    'pip',
    'install',
    ...flags,
    ...(options.withDependencies ? [] : ['--no-deps']),
    ...requirements,
  ]);
  renameSync(part, folder);
  return folder;
}

/** Runs a Python script that prints JSON. @param packages folder of {@link installPython} */
export async function runPython(packages: string, script: string, args: readonly string[]): Promise<unknown> {
  const program =
    'import runpy, sys; sys.path.insert(0, sys.argv[1]); sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name="__main__")';
  const { stdout } = await run('python3', ['-c', program, packages, script, ...args], { maxBuffer: MAX_OUTPUT_BYTES });
  return JSON.parse(stdout);
}
