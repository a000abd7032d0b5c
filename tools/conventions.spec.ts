import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SETTINGS } from '@app/kernel';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const sources = (path: string): string[] =>
  readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(path, file));

interface PathsFile {
  readonly compilerOptions?: { readonly paths: Record<string, string[]> };
  readonly jsc?: { readonly paths: Record<string, string[]> };
}

describe('the repository', () => {
  it('shows every setting with its default in the README', () => {
    const readme = read('README.md');
    for (const [name, setting] of Object.entries<{ about: string; default?: string }>(SETTINGS)) {
      const value = setting.default === undefined ? '' : `\`${setting.default}\``;
      expect(readme).toContain(`| \`${name}\` | ${value} | ${setting.about} |`);
    }
  });

  const libs = folders('libs').sort();

  it('names every library by the same alias for the compiler and for the build', () => {
    const expected = Object.fromEntries(libs.map((lib) => [`@app/${lib}`, [`./libs/${lib}/src/index.ts`]]));
    expect((JSON.parse(read('tsconfig.json')) as PathsFile).compilerOptions?.paths).toEqual(expected);
    expect((JSON.parse(read('.swcrc')) as PathsFile).jsc?.paths).toEqual(expected);
  });

  it('lists every app and library in nest-cli.json', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as { projects: Record<string, { root: string }> };
    const expected = [...folders('apps').map((app) => `apps/${app}`), ...libs.map((lib) => `libs/${lib}`)];
    expect(
      Object.values(projects)
        .map(({ root: path }) => path)
        .sort(),
    ).toEqual(expected.sort());
  });

  it('has an entry file for every app', () => {
    expect(folders('apps').filter((app) => !existsSync(join(root, 'apps', app, 'src/main.ts')))).toEqual([]);
  });

  it('reads the environment in the kernel only; the test kit is no part of the product', () => {
    const readers = [...sources('apps'), ...sources('libs')].filter(
      (file) =>
        !file.startsWith('libs/testkit/') &&
        !/\.(int-|e2e-)?spec\.ts$/.test(file) &&
        read(file).includes('process.env'),
    );
    expect(readers).toEqual(['libs/kernel/src/config.ts']);
  });
});
