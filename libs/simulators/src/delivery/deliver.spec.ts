import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SeededRandom } from '../seeded-random.js';
import type { SimulatorClock } from '../simulator-clock.js';
import { deliver } from './deliver.js';
import { disturb } from './disturb.js';
import { createHttpSender } from './http-sender.js';
import { limitSender } from './limit-sender.js';
import type { Answer, ProviderRequest } from './provider-request.js';
import {
  GATEWAY_RETRIES,
  META_RETRIES,
  TWILIO_RETRIES,
  TWILIO_RETRIES_ASKED_FOR,
  ZALO_RETRIES,
} from './retry-policy.js';

const request: ProviderRequest = { method: 'POST', path: '/w', headers: { a: '1' }, body: Buffer.from('x') };
const status = (code: number): Answer => ({ kind: 'status', status: code });

/** A clock that jumps to where somebody waits for. */
function jumpingClock(): SimulatorClock & { readonly seconds: () => number } {
  let now = 0;
  return {
    now: () => new Date(now),
    waitUntil: async (time) => {
      now = Math.max(now, time.getTime());
    },
    seconds: () => now / 1000,
  };
}

describe('deliver', () => {
  it.each([
    ['Zalo tries five times more within two hours', ZALO_RETRIES, status(503), 6, 30 + 300 + 900 + 1800 + 3600],
    ['Meta goes on for 36 hours', META_RETRIES, status(500), 9, 127_260],
    ['Twilio gives a 503 up at once', TWILIO_RETRIES, status(503), 1, 0],
    ['Twilio tries once more without a connection', TWILIO_RETRIES, { kind: 'unreachable' }, 2, 0],
    ['Twilio tries four times more when asked to', TWILIO_RETRIES_ASKED_FOR, status(503), 5, 7],
    ['the gateway tries twice more, 20 seconds apart', GATEWAY_RETRIES, { kind: 'timeout' }, 3, 40],
  ] as const)('%s', async (_label, policy, answer, attempts, seconds) => {
    const clock = jumpingClock();
    const report = await deliver(request, { policy, clock, send: async () => answer });
    expect(report.answers).toHaveLength(attempts);
    expect(report.accepted).toBe(false);
    expect(clock.seconds()).toBe(seconds);
  });

  it('stops at the first answer that satisfies, and tells Zalo attempts apart', async () => {
    const sent: (string | undefined)[] = [];
    const answers = [status(503), { kind: 'timeout' } as const, status(200), status(200)];
    const report = await deliver(request, {
      policy: ZALO_RETRIES,
      clock: jumpingClock(),
      send: async ({ headers }) => {
        sent.push(headers['num_retry']);
        return answers[sent.length - 1]!;
      },
    });
    expect(sent).toEqual([undefined, '1', '2']);
    expect(report.accepted).toBe(true);
  });

  it('sends again what was accepted, when the answer got lost', async () => {
    let count = 0;
    const send = async (): Promise<Answer> => {
      count += 1;
      return status(200);
    };
    const report = await deliver(request, { policy: META_RETRIES, clock: jumpingClock(), send, loseAnswers: 2 });
    expect(count).toBe(3);
    expect(report.answers).toEqual([status(200), status(200), status(200)]);
  });
});

describe('createHttpSender', () => {
  let server: Server;
  const seen: { method?: string; url?: string; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        seen.push({
          ...(incoming.method && { method: incoming.method }),
          ...(incoming.url && { url: incoming.url }),
          body: Buffer.concat(chunks).toString(),
        });
        if (incoming.url !== '/silent') response.writeHead(incoming.url === '/w?a=1' ? 204 : 503).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const baseUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('hands on path, query and bytes, and what was answered', async () => {
    const send = createHttpSender(baseUrl());
    await expect(send({ ...request, path: '/w?a=1' }, 5_000)).resolves.toEqual(status(204));
    expect(seen.at(-1)).toEqual({ method: 'POST', url: '/w?a=1', body: 'x' });
    await expect(send(request, 5_000)).resolves.toEqual(status(503));
  });

  it('tells silence from absence', async () => {
    await expect(createHttpSender(baseUrl())({ ...request, path: '/silent' }, 50)).resolves.toEqual({
      kind: 'timeout',
    });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(createHttpSender(`http://127.0.0.1:${port}`)(request, 5_000)).resolves.toEqual({
      kind: 'unreachable',
    });
  });
});

describe('disturb', () => {
  const rates = { copies: 0.3, lostAnswers: 0.3, delays: 0.3, longestDelayMs: 60_000 };
  const deliveries = Array.from({ length: 200 }, (_, index) => ({ at: new Date(index * 1000), item: index }));

  it('gives the same plan for the same seed, and another for another', () => {
    const plan = (seed: string): unknown => disturb(deliveries, rates, new SeededRandom(seed));
    expect(plan('a')).toEqual(plan('a'));
    expect(plan('a')).not.toEqual(plan('b'));
  });

  it('loses nothing, copies some, and changes the order', () => {
    const plan = disturb(deliveries, rates, new SeededRandom('a'));
    const firsts = plan.filter(({ isCopy }) => !isCopy).map(({ item }) => item);
    expect([...firsts].sort((a, b) => a - b)).toEqual(deliveries.map(({ item }) => item));
    expect(firsts).not.toEqual(deliveries.map(({ item }) => item));
    expect(plan.length).toBeGreaterThan(220);
    expect(plan.some(({ loseAnswers }) => loseAnswers > 0)).toBe(true);
    expect(plan.map(({ at }) => at.getTime())).toEqual(plan.map(({ at }) => at.getTime()).sort((a, b) => a - b));
  });

  it('leaves everything alone at rate zero', () => {
    const still = { copies: 0, lostAnswers: 0, delays: 0, longestDelayMs: 1 };
    expect(disturb(deliveries, still, new SeededRandom('a'))).toEqual(
      deliveries.map((delivery) => ({ ...delivery, loseAnswers: 0, isCopy: false })),
    );
  });
});

describe('limitSender', () => {
  it('sends everything, in order, never more than the limit at once', async () => {
    const started: string[] = [];
    let running = 0;
    let most = 0;
    const send = limitSender(async ({ path }) => {
      started.push(path);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return status(200);
    }, 3);
    const paths = ['/1', '/2', '/3', '/4', '/5', '/6', '/7'];
    await Promise.all(paths.map((path) => send({ ...request, path }, 1_000)));
    expect(started).toEqual(paths);
    expect(most).toBe(3);
  });

  it('frees the place of one that fails', async () => {
    let count = 0;
    const send = limitSender(async () => {
      count += 1;
      if (count === 1) throw new Error('first');
      return status(200);
    }, 1);
    await expect(send(request, 1_000)).rejects.toThrow('first');
    await expect(send(request, 1_000)).resolves.toEqual(status(200));
  });
});
