import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { until } from '../support/until.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../libs/persistence/src/embedded/embedded-postgres.js';

let home: string;
const started: EmbeddedPostgres[] = [];

async function start(settings?: Record<string, string>): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home, settings });
  started.push(server);
  return server;
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function kill9(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'omniline-embedded-'));
  chmodSync(home, 0o755);
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

describe('the embedded PostgreSQL', () => {
  it('starts on an empty folder with scram logins, UTF-8 and the database omniline, on 127.0.0.1 only', async () => {
    const server = await start({ work_mem: '5MB' });
    const [row] = await query(
      server.url,
      `SELECT current_database() AS name, current_setting('server_encoding') AS encoding,
              current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('work_mem') AS memory, current_setting('fsync') AS fsync,
              (SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'omniline') AS scram`,
    );
    expect(row).toEqual({
      name: 'omniline',
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      memory: '5MB',
      fsync: 'on',
      scram: true,
    });
    expect(server.reused).toBe(false);
    expect(statSync(path.join(home, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(home, 'data')).mode & 0o777).toBe(0o700);
  });

  it('refuses a wrong password and one that is empty', async () => {
    const { url } = await start();
    for (const password of ['wrong', '']) {
      const other = new URL(url);
      other.password = password;
      await expect(query(other.href, 'SELECT 1')).rejects.toThrow(/password/);
    }
  });

  it('keeps rows, password and port over a stop and a start', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE note AS SELECT 'Xin chào'::text AS body`);
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT body FROM note')).toEqual([{ body: 'Xin chào' }]);
  });

  it('takes another port when the remembered one is taken', async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    try {
      const second = await start();
      expect(new URL(second.url).port).not.toBe(String(port));
    } finally {
      other.close();
    }
  });

  it('takes over the server that an earlier process left behind', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ pid: first.pid, url: first.url, reused: true });
    await second.stop();
    expect(existsSync(path.join(home, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('gives two starts at the same time one server', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(first?.pid).toBe(second?.pid);
    expect(first?.url).toBe(second?.url);
  });

  it('waits for another start that has made its lock and not written it yet', async () => {
    await (await start()).stop();
    const lock = path.join(home, 'data', 'postmaster.pid');
    writeFileSync(lock, '');
    const second = start();
    await until(() => readFileSync(path.join(home, 'server.log'), 'utf8').includes('"postmaster.pid" is empty'));
    rmSync(lock);
    expect(await second).toMatchObject({ reused: false });
  });

  it('says so when the data no longer goes with the password file, and leaves no server behind', async () => {
    const first = await start();
    await query(first.url, `ALTER ROLE omniline PASSWORD 'changed'`);
    await expect(start()).rejects.toThrow(
      /refuses our password[\s\S]*password authentication failed[\s\S]*DATABASE_URL/,
    );
    expect(existsSync(path.join(home, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('recovers after kill -9 of the server and keeps every committed row', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE counted (n int PRIMARY KEY)');
    const open = new Client({ connectionString: first.url });
    open.on('error', () => undefined);
    await open.connect();
    await open.query('BEGIN');
    await open.query('INSERT INTO counted VALUES (-1)');
    await query(first.url, 'INSERT INTO counted SELECT generate_series(1, 5000)');
    kill9(first.pid);
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second.url, 'SELECT count(*)::int AS rows, min(n) AS least FROM counted')).toEqual([
      { rows: 5000, least: 1 },
    ]);
    await open.end().catch(() => undefined);
  });

  it('starts although the number of a dead server belongs to another program now', async () => {
    const first = await start();
    kill9(first.pid);
    await first.stop();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const file = path.join(home, 'data', 'postmaster.pid');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [String(other.pid), ...lines.slice(1)].join('\n'));
    try {
      const second = await start();
      expect(second.reused).toBe(false);
      expect(other.exitCode).toBeNull();
    } finally {
      other.kill();
    }
  });

  it('repeats an initialisation that was cut short', async () => {
    mkdirSync(path.join(home, 'data.1.part'));
    writeFileSync(path.join(home, 'data.1.part', 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('reports a setting that the server refuses with the tail of its log', async () => {
    await expect(start({ no_such_setting: '1' })).rejects.toThrow(
      /unrecognized configuration parameter[\s\S]*DATABASE_URL/,
    );
  });
});
