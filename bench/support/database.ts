import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@app/persistence';

/** A database for one benchmark; fsync and synchronous_commit stay on. */
export interface BenchDatabase {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts PostgreSQL in a temporary folder, with the memory that a small server would be given. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const home = mkdtempSync(join(tmpdir(), 'omniline-bench-'));
  chmodSync(home, 0o755);
  const settings = { shared_buffers: '1GB', max_wal_size: '4GB', jit: 'off' };
  const server = await startEmbeddedPostgres({ home, settings });
  return {
    url: server.url,
    pid: server.pid,
    async stop() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
