import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What came back. */
export interface LoadResult {
  readonly accepted: number;
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds from when each request should have left to its answer. */
  readonly latenciesMs: readonly number[];
}

/** A request as bytes, ready to be written. */
export function rawRequest(path: string, body: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', 'content-length': String(body.length), ...headers });
  const head = [`POST ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

/** One keep-alive connection that has one request in flight; reads as little of an answer as it must. */
class Connection {
  private answer: ((status: number) => void) | undefined;
  private pending = '';

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.read(chunk));
    socket.on('close', () => this.answer?.(0));
    // A broken connection is reported by `close`.
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Connection(socket);
  }

  /** @returns the status; 0 when the connection broke */
  async send(request: Buffer): Promise<number> {
    return await new Promise((resolve) => {
      this.answer = resolve;
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: string): void {
    this.pending += chunk;
    const end = this.pending.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.pending.slice(0, end))?.[1] ?? 0);
    if (this.pending.length < end + 4 + length) return;
    const status = Number(this.pending.slice(9, 12));
    this.pending = '';
    const answer = this.answer;
    this.answer = undefined;
    answer?.(status);
  }
}

class Tally {
  accepted = 0;
  failed = 0;
  readonly latenciesMs: number[] = [];
  private readonly start = performance.now();

  add(status: number, sinceMs: number): void {
    if (status === 200) this.accepted += 1;
    else this.failed += 1;
    this.latenciesMs.push(performance.now() - sinceMs);
  }

  result(): LoadResult {
    const { accepted, failed, latenciesMs } = this;
    return { accepted, failed, latenciesMs, seconds: (performance.now() - this.start) / 1000 };
  }
}

/** Closed loop: every connection sends its next request when the last one is answered. */
export async function saturate(
  port: number,
  requests: readonly Buffer[],
  options: { readonly connections: number; readonly seconds: number },
): Promise<LoadResult> {
  const connections = await Promise.all(Array.from({ length: options.connections }, () => Connection.open(port)));
  const end = performance.now() + options.seconds * 1000;
  const tally = new Tally();
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end) {
        const since = performance.now();
        tally.add(await connection.send(requests[next++ % requests.length]!), since);
      }
      connection.close();
    }),
  );
  return tally.result();
}

/**
 * Open loop: requests leave on time whether or not earlier ones were answered; a request that finds no idle connection
 * waits, and its wait counts.
 */
export async function paced(
  port: number,
  requests: readonly Buffer[],
  options: {
    readonly perSecond: number;
    readonly seconds: number;
    readonly connections: number;
    readonly onSent?: (index: number) => void;
  },
): Promise<LoadResult> {
  const idle = await Promise.all(Array.from({ length: options.connections }, () => Connection.open(port)));
  const all = [...idle];
  const waiting: ((connection: Connection) => void)[] = [];
  const release = (connection: Connection): void => {
    const waiter = waiting.shift();
    if (waiter === undefined) idle.push(connection);
    else waiter(connection);
  };
  const tally = new Tally();
  const start = performance.now();
  const total = Math.round(options.perSecond * options.seconds);
  const sent: Promise<void>[] = [];
  for (let index = 0; index < total; index += 1) {
    const due = start + (index * 1000) / options.perSecond;
    const wait = due - performance.now();
    if (wait > 1) await delay(wait);
    sent.push(
      (async () => {
        const connection = idle.pop() ?? (await new Promise<Connection>((resolve) => waiting.push(resolve)));
        options.onSent?.(index);
        tally.add(await connection.send(requests[index % requests.length]!), due);
        release(connection);
      })(),
    );
  }
  await Promise.all(sent);
  for (const connection of all) connection.close();
  return tally.result();
}
