// The jars of Apache Kafka, fetched once from Maven Central into .cache/kafka-<version>/.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const POM = path.join(import.meta.dirname, 'pom.xml');
const CACHE = path.resolve(import.meta.dirname, '../../.cache');
const OLDEST_JAVA = 17;
const FETCH_TIMEOUT_MS = 300_000;

/** Version of the broker, as tools/kafka/pom.xml pins it. */
export const KAFKA_VERSION = /<kafka\.version>([\w.-]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown';

const JARS = path.join(CACHE, `kafka-${KAFKA_VERSION}`);
const LOCK = `${JARS}.lock`;

/**
 * Whether a broker can be started on this machine. Runs `java -version` and, as long as the jars are not cached,
 * `mvn -v`; needs no network.
 *
 * @returns {{ available: true } | { available: false, reason: string }}
 */
export function kafkaAvailability() {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (java.status !== 0) return { available: false, reason: `java is missing (Apache Kafka needs ${OLDEST_JAVA})` };
  const major = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (major < OLDEST_JAVA) return { available: false, reason: `java is ${major}, Apache Kafka needs ${OLDEST_JAVA}` };
  if (existsSync(JARS)) return { available: true };
  if (spawnSync('mvn', ['-v']).status !== 0) {
    return { available: false, reason: 'mvn is missing, and the jars of Apache Kafka are not cached yet' };
  }
  return { available: true };
}

/**
 * The folder that holds the jars, fetched when it is not there yet. Callers in one process or in several may race:
 * one fetches, the others wait for it.
 *
 * @returns {Promise<string>} absolute path
 * @throws Error with Maven's output when the download fails
 */
export async function ensureKafkaJars() {
  mkdirSync(CACHE, { recursive: true });
  const deadline = Date.now() + FETCH_TIMEOUT_MS;
  while (!existsSync(JARS)) {
    if (takeLock()) {
      await fetchJars().finally(() => rmSync(LOCK, { force: true }));
    } else if (Date.now() > deadline) {
      throw new Error(`Another process has held ${LOCK} for too long; remove it if that process is gone.`);
    } else {
      await delay(200);
    }
  }
  return JARS;
}

function takeLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (lockIsStale()) rmSync(LOCK, { force: true });
    return false;
  }
}

function lockIsStale() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    // An empty file is a lock whose owner is about to write its number.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Copies into a folder of its own and renames it, so that a broken download never looks complete. */
async function fetchJars() {
  if (existsSync(JARS)) return;
  const partial = `${JARS}.${process.pid}.part`;
  rmSync(partial, { recursive: true, force: true });
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`, '-DincludeScope=runtime'];
  try {
    await promisify(execFile)('mvn', ['-B', '-q', '-f', POM, ...goal], { timeout: FETCH_TIMEOUT_MS });
    renameSync(partial, JARS);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Two callers that found the same stale lock may both have fetched; the first to finish has done it for both.
    if (existsSync(JARS)) return;
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().slice(-2_000);
    throw new Error(`Maven could not fetch Apache Kafka ${KAFKA_VERSION}:\n${output}`, { cause: error });
  }
}
