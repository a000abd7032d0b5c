import { Agent, get, type IncomingMessage } from 'node:http';
import { until } from './until.js';

/** One dispatched event. */
export interface SseEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** A reader of server-sent events that keeps to the rules of the WHATWG standard, with its hand on the tap. */
export interface SseClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: readonly SseEvent[];
  readonly comments: readonly string[];
  readonly retryMs: number | undefined;
  /** What a browser would send as `Last-Event-ID`. */
  readonly lastEventId: string;
  /** Text received that is no part of a complete block, or the whole body of a problem. */
  readonly rest: string;
  readonly ended: boolean;
  /** Takes no more bytes, or takes them again. */
  pause(): void;
  resume(): void;
  /** Waits for so many events altogether. */
  received(count: number): Promise<void>;
  close(): void;
}

class Client implements SseClient {
  readonly events: SseEvent[] = [];
  readonly comments: string[] = [];
  retryMs: number | undefined;
  lastEventId = '';
  rest = '';
  ended = false;

  constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.take(chunk));
    response.on('end', () => (this.ended = true));
    response.on('error', () => (this.ended = true));
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }
  get headers(): IncomingMessage['headers'] {
    return this.response.headers;
  }
  pause(): void {
    this.response.pause();
  }
  resume(): void {
    this.response.resume();
  }
  async received(count: number): Promise<void> {
    await until(() => this.events.length >= count);
  }
  close(): void {
    this.response.destroy();
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.dispatch(block);
  }

  private dispatch(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim());
      else fields.set(line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1).replace(/^ /, ''));
    }
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const retry = fields.get('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const data = fields.get('data');
    if (data !== undefined) this.events.push({ id: this.lastEventId, type: fields.get('event') ?? 'message', data });
  }
}

/** Opens a stream; resolves when the head of the answer is there, whatever its status. */
export async function openSse(url: string, headers: Readonly<Record<string, string>>): Promise<SseClient> {
  // Browsers keep connections as well, and a kept one can hold a shutdown up.
  const agent = new Agent({ keepAlive: true });
  return await new Promise((resolve, reject) => {
    const request = get(url, { headers: { accept: 'text/event-stream', ...headers }, agent }, (response) =>
      resolve(new Client(response)),
    );
    request.on('error', reject);
  });
}
