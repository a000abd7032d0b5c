// Compiles apps and libs with swc: no type information, under a second. `npm run typecheck` is the type gate.
//   node tools/build.mjs [--out dist] [further folders, for example bench]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: 'dist' } },
  allowPositionals: true,
});
rmSync(values.out, { recursive: true, force: true });
const swc = spawnSync(
  process.execPath,
  [
    'node_modules/@swc/cli/bin/swc.js',
    'apps',
    'libs',
    '-d',
    values.out,
    '--config-file',
    '.swcrc',
    '--quiet',
    '--ignore',
    '**/*.spec.ts',
    '--ignore',
    'libs/testkit/**',
    ...positionals,
  ],
  { stdio: 'inherit' },
);
process.exit(swc.status ?? 1);
