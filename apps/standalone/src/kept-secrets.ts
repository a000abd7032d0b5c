import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { base32 } from '@app/contracts';
import { ConfigError } from '@app/kernel';

const keptSchema = z.object({ api_key: z.string().min(16), installation_secret: z.string().min(32) });

/** Secrets that a standalone installation makes for itself at its first start. */
export type KeptSecrets = z.infer<typeof keptSchema>;

/**
 * Reads `<home>/secrets.json`, making it at the first start (mode 0600). The installation secret must never change:
 * identities are found by keys derived from it.
 *
 * @throws ConfigError when the file is there but is not what was written
 */
export function keptSecrets(home: string): KeptSecrets {
  const file = join(home, 'secrets.json');
  mkdirSync(home, { recursive: true });
  if (!existsSync(file)) {
    const made: KeptSecrets = {
      api_key: `omni_${base32(randomBytes(20))}`,
      installation_secret: base32(randomBytes(32)),
    };
    // `wx`: of two first starts at once the second one fails here instead of replacing the first one's secret.
    writeFileSync(file, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  }
  const kept = keptSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!kept.success) throw new ConfigError([`${file}: not what the first start wrote; restore it from a backup`]);
  return kept.data;
}
