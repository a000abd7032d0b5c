import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError, systemCode } from './embedded-postgres-error.js';
import { canTraverse, type ServerUser } from './server-user.js';

/** Paths of the programs; absolute. */
export interface NativeBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface PackageLink {
  readonly source: string;
  readonly target: string;
}

const OPERATING_SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/**
 * The programs of the platform's binary package, ready to run: with its symbolic links, which npm cannot carry and
 * which its install script would make, and in a place that the server's user reaches. Where the installed package
 * cannot serve as it is, a copy (about 60 MB) in `copyDir` does.
 *
 * @throws EmbeddedPostgresError when the platform has no package or it is not installed
 */
export function prepareBinaries(options: {
  copyDir: string;
  user: ServerUser | undefined;
  log: (line: string) => void;
}): NativeBinaries {
  const installed = locateInstalled();
  const reachable = options.user === undefined || canTraverse(installed, options.user);
  if (reachable && tryLink(installed)) return binariesOf(installed);
  const copy = path.join(options.copyDir, 'native');
  if (!existsSync(copy)) {
    options.log(`Copying the PostgreSQL programs to ${copy}: the installed ones cannot be used where they are.`);
    copyNative(installed, copy);
  }
  return binariesOf(copy);
}

function locateInstalled(): string {
  const name = `@embedded-postgres/${OPERATING_SYSTEMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return realpathSync(path.resolve(path.dirname(entry), '../native'));
  } catch (error) {
    const hint = 'It is an optional dependency: it may not exist for this platform, or npm was told to omit it.';
    throw new EmbeddedPostgresError(`The package ${name} is not installed. ${hint}`, { cause: error });
  }
}

function binariesOf(native: string): NativeBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(native, 'bin', name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres') };
}

/** Makes the links in place; false when the folder may not be written, as in an image with a read-only root. */
function tryLink(native: string): boolean {
  try {
    linkLibraries(native);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** Safe when several processes do it at once; a link that exists is left alone. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as PackageLink[]) {
    // Both are relative to the package, that is to the folder above.
    const link = path.resolve(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.resolve(native, '..', source)), link);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** Appears under its name only when it is complete. */
function copyNative(installed: string, copy: string): void {
  // The list of links says "native/…", so the copy keeps that name inside a folder of its own.
  const partial = path.join(path.dirname(copy), `native.${process.pid}.part`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  cpSync(installed, path.join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  linkLibraries(path.join(partial, 'native'));
  try {
    renameSync(path.join(partial, 'native'), copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
