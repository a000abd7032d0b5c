// One real Apache Kafka broker on 127.0.0.1, for tests, benches and people:
//   node tools/kafka/broker.mjs --port 9092 [--dir <folder to keep the data in>] [--set name=value]...
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { endWithParent } from './end-with-parent.mjs';
import { ensureKafkaJars, kafkaAvailability, KAFKA_VERSION } from './jars.mjs';
import { brokerAnswers } from './probe.mjs';
import { brokerProperties } from './settings.mjs';

export { kafkaAvailability, KAFKA_VERSION };

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** Base64 of sixteen bytes, as StorageTool wants it. Every throw-away cluster may have the same one. */
const CLUSTER_ID = 'b21uaWxpbmUtdGVzdC0wMQ';
/** The first compiler only: a test broker lives for seconds. A bench passes its own options. */
const JAVA_OPTIONS = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** The server process of one broker; see broker.d.mts for what each operation promises. */
class Broker {
  #child;
  #callOffGuard = () => undefined;

  constructor({ port, dir, jars, javaOptions, temporary }) {
    Object.assign(this, { port, dir, jars, javaOptions, temporary });
    this.brokers = [`${HOST}:${port}`];
    this.logFile = path.join(dir, 'broker.log');
  }

  get pid() {
    return this.#child?.pid;
  }

  async start() {
    const log = openSync(this.logFile, 'a');
    const child = spawn(
      'java',
      [...this.javaOptions, '-cp', path.join(this.jars, '*'), 'kafka.Kafka', this.properties],
      {
        stdio: ['ignore', log, log],
        cwd: this.dir,
        // Ctrl-C must reach the clients first: they commit and leave while the broker still answers.
        detached: true,
      },
    );
    closeSync(log);
    child.exited = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', resolve);
    });
    child.unref();
    this.#child = child;
    this.#callOffGuard = endWithParent({ pid: child.pid, directory: this.temporary ? this.dir : undefined });
    await this.#ready(child);
  }

  get properties() {
    return path.join(this.dir, 'server.properties');
  }

  async #ready(child) {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await brokerAnswers(HOST, this.port))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(this.#failure('ended while starting'));
      if (Date.now() > deadline) throw new Error(this.#failure(`did not answer within ${START_TIMEOUT_MS} ms`));
      await delay(50);
    }
  }

  #failure(what) {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
    return `The Kafka broker ${what}. Last lines of its log:\n${lines.slice(-25).join('\n')}`;
  }

  async #end(signal, timeoutMs = STOP_TIMEOUT_MS) {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    this.#callOffGuard();
    child.kill('SIGCONT');
    child.kill(signal);
    const cancel = new AbortController();
    const late = delay(timeoutMs, undefined, { signal: cancel.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    await child.exited;
    cancel.abort();
    await late;
  }

  async kill9() {
    await this.#end('SIGKILL');
  }

  async restart() {
    await this.#end('SIGTERM');
    await this.start();
  }

  pause() {
    this.#child?.kill('SIGSTOP');
  }

  resume() {
    this.#child?.kill('SIGCONT');
  }

  async stop() {
    // Nothing in a temporary folder is worth a clean shutdown, which takes seconds.
    await this.#end(this.temporary ? 'SIGKILL' : 'SIGTERM');
    if (this.temporary) rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function freePort() {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Writes server.properties and, for an empty folder, formats the storage. */
async function prepare(broker, settings) {
  const dataDir = path.join(broker.dir, 'data');
  const controllerPort = await freePort();
  writeFileSync(broker.properties, brokerProperties({ port: broker.port, controllerPort, dataDir, settings }));
  if (existsSync(path.join(dataDir, 'meta.properties'))) return;
  const java = ['-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const tool = ['-cp', path.join(broker.jars, '*'), 'kafka.tools.StorageTool'];
  const format = ['format', '-t', CLUSTER_ID, '-c', broker.properties];
  await promisify(execFile)('java', [...java, ...tool, ...format]);
}

async function startOnce({ port, dir, settings, javaOptions }) {
  const jars = await ensureKafkaJars();
  const temporary = dir === undefined;
  const folder = temporary ? mkdtempSync(path.join(tmpdir(), 'omniline-kafka-')) : path.resolve(dir);
  mkdirSync(folder, { recursive: true });
  const broker = new Broker({
    port: port ?? (await freePort()),
    dir: folder,
    jars,
    javaOptions: javaOptions ?? JAVA_OPTIONS,
    temporary,
  });
  try {
    await prepare(broker, settings);
    await broker.start();
    return broker;
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

/** Starts a broker; see broker.d.mts. */
export async function startBroker(options = {}) {
  const availability = kafkaAvailability();
  if (!availability.available) throw new Error(`No Kafka broker can be started: ${availability.reason}.`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another process may take a port between its choice and its use; a port that the caller chose stays.
      const taken = /BindException|Address already in use/.test(error.message);
      if (!taken || options.port !== undefined || attempt === 3) throw error;
    }
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9092' },
      dir: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      'java-options': { type: 'string' },
    },
  });
  const settings = Object.fromEntries(values.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const javaOptions = values['java-options']?.split(' ').filter(Boolean);
  const broker = await startBroker({ port: Number(values.port), dir: values.dir, settings, javaOptions });
  process.stdout.write(`Apache Kafka ${KAFKA_VERSION} answers on ${broker.brokers[0]} (pid ${broker.pid})\n`);
  // The child is unreferenced; this keeps the process alive until somebody ends it.
  const alive = setInterval(() => undefined, 60_000);
  const end = () => void broker.stop().finally(() => clearInterval(alive));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
