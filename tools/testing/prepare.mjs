// What the tests need besides the packages: a Kafka broker's jars and a mail server.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureKafkaJars, kafkaAvailability } from '../kafka/jars.mjs';

const DOVECOT = process.env.DOVECOT_BINARY ?? '/usr/sbin/dovecot';

/** Installs a Debian package when that is wanted and possible; says what it does. */
function install(name) {
  const possible = process.env.CI === 'true' && process.getuid?.() === 0 && spawnSync('apt-get', ['-v']).status === 0;
  if (!possible) return;
  process.stdout.write(`Installing ${name}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: 'inherit', env });
}

/**
 * Fetches and installs what can be had. What is still missing is no failure here: the specs that need it say so and are
 * skipped, and the run decides what a skip means.
 */
export async function prepareTests() {
  if (!existsSync(DOVECOT)) install('dovecot-imapd');
  if (spawnSync('kcat', ['-V']).status !== 0) install('kcat');
  if (!process.env.KAFKA_BROKERS && kafkaAvailability().available) {
    await ensureKafkaJars().catch((error) => process.stderr.write(`No Kafka: ${error.message}\n`));
  }
}
