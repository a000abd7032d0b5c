// Compiles apps and libs into dist/ with swc: no type information, under a second. `npm run typecheck` is the type gate.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const swc = spawnSync(
  process.execPath,
  ['node_modules/@swc/cli/bin/swc.js', 'apps', 'libs', '-d', 'dist', '--config-file', '.swcrc', '--quiet',
    '--ignore', '**/*.spec.ts', '--ignore', 'libs/testkit/**', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(swc.status ?? 1);
