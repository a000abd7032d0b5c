import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ImapServer, META_RETRIES, SeededRandom, type ProviderRequest } from '@app/simulators';
import type { Outgoing } from './outgoing.js';
import { playDay, scheduleDay } from './play-day.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 1, minute));
const request = (body: string): ProviderRequest => ({
  method: 'POST',
  path: '/w',
  headers: {},
  body: Buffer.from(body),
});
const aWebhook = (minute: number, body: string, more: object = {}): Outgoing => ({
  kind: 'webhook',
  account: 'fb-shop',
  at: at(minute),
  request: request(body),
  policy: META_RETRIES,
  elements: 1,
  oddity: undefined,
  ...more,
});

describe('scheduleDay', () => {
  const outgoing = Array.from({ length: 100 }, (_, index) => aWebhook(index, String(index)));

  it('is the same for the same seed', () => {
    expect(scheduleDay(outgoing, new SeededRandom('a'))).toEqual(scheduleDay(outgoing, new SeededRandom('a')));
    expect(scheduleDay(outgoing, new SeededRandom('a'))).not.toEqual(scheduleDay(outgoing, new SeededRandom('b')));
  });

  it('leaves forgeries alone and makes a storm of a storm', () => {
    const odd = [aWebhook(1, 'f', { oddity: 'forged' }), aWebhook(2, 's', { oddity: 'storm' })];
    const [forged, storm] = scheduleDay(odd, new SeededRandom('a'));
    expect(forged).toMatchObject({ loseAnswers: 0, isCopy: false, at: at(1) });
    expect(storm).toMatchObject({ loseAnswers: 4 });
  });
});

describe('playDay', () => {
  let receiver: Server;
  let mailbox: ImapServer;
  const bodies: string[] = [];
  const credentials = { user: 'hotro', password: 'bí mật' };

  beforeAll(async () => {
    mailbox = await ImapServer.start({ credentials });
    receiver = createServer((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        bodies.push(chunk);
        response.writeHead(chunk === 'forged' ? 401 : 200).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterAll(async () => {
    await mailbox.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('delivers everything, counts it, and tells how far it is', async () => {
    const progress: number[] = [];
    const tally = await playDay({
      outgoing: [
        aWebhook(1, 'storm', { oddity: 'storm', elements: 3 }),
        aWebhook(2, 'forged', { oddity: 'forged' }),
        { kind: 'mail', account: 'hotro', at: at(3), receivedAt: at(0), raw: Buffer.from('Subject: a\r\n\r\nb\r\n') },
      ],
      random: new SeededRandom('a'),
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      mailbox: { port: mailbox.port, credentials },
      speed: 1_000_000,
      onProgress: (done) => progress.push(done),
    });
    expect(bodies.filter((body) => body === 'storm').length).toBeGreaterThanOrEqual(5);
    expect(bodies.filter((body) => body === 'forged')).toHaveLength(1);
    expect(mailbox.inbox.messages.map(({ internalDate }) => internalDate)).toEqual([at(0)]);
    expect(tally).toMatchObject({ elements: 4, mails: 1, refused: 1, unanswered: 0, attempts: bodies.length });
    expect(progress.at(-1)).toBe(1);
  });
});
