// Writes libs/contracts/schemas/ from the zod contracts: `npm run schemas`. A spec fails when the files differ from the
// code. A released file never changes: a new version of a schema gets a new file.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
// Within the project, so that the compiled contracts find their packages.
const compiled = path.join(root, '.cache/schemas');
const swc = spawnSync(
  process.execPath,
  [
    'node_modules/@swc/cli/bin/swc.js',
    'libs/contracts',
    '-d',
    compiled,
    '--config-file',
    '.swcrc',
    '--quiet',
    '--ignore',
    '**/*.spec.ts',
  ],
  { cwd: root, stdio: 'inherit' },
);
if (swc.status !== 0) process.exit(swc.status ?? 1);

const { schemaFiles } = await import(path.join(compiled, 'libs/contracts/src/index.js'));
for (const { path: name, text } of schemaFiles()) {
  const file = path.join(root, 'libs/contracts/schemas', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
rmSync(compiled, { recursive: true, force: true });
