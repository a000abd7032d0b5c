import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { generate } from 'selfsigned';
import { GuardedClient, type Download, type GuardedClientOptions } from './guarded-client.js';

const MAX_BYTES = 64 * 1024;
const { cert, private: key } = generate([{ name: 'commonName', value: 'cdn.example' }], {
  keySize: 2048,
  extensions: [
    {
      name: 'subjectAltName',
      altNames: ['cdn.example', 'img.cdn.example', 'kho.example'].map((value) => ({ type: 2, value })),
    },
  ],
});

interface Seen {
  readonly path: string;
  readonly method: string | undefined;
  body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const seen: Seen[] = [];
/** What each path answers; `port` is the server's own. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse, port: number) => unknown>> = {
  '/anh.jpg': (response) => response.end('một tấm ảnh'),
  '/chunked': (response) => {
    for (let n = 0; n < 10; n++) response.write('mười chữ nữa');
    response.end();
  },
  '/moved': (response, port) => response.writeHead(302, { location: `https://img.cdn.example:${port}/anh.jpg` }).end(),
  '/storage': (response, port) => response.writeHead(307, { location: `https://kho.example:${port}/anh.jpg` }).end(),
  '/relative': (response) => response.writeHead(301, { location: '/anh.jpg' }).end(),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/to-elsewhere': (response) => response.writeHead(302, { location: 'https://other.example/' }).end(),
  '/to-loopback': (response, port) => response.writeHead(302, { location: `https://127.0.0.1:${port}/anh.jpg` }).end(),
  '/to-mapped': (response, port) =>
    response.writeHead(302, { location: `https://[::ffff:127.0.0.1]:${port}/anh.jpg` }).end(),
  '/to-number': (response, port) => response.writeHead(302, { location: `https://2130706433:${port}/anh.jpg` }).end(),
  '/to-file': (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-nonsense': (response) => response.writeHead(302, { location: 'https://[' }).end(),
  '/to-trap': (response, port) => response.writeHead(302, { location: `https://trap.cdn.example:${port}/` }).end(),
  '/endless': (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(4_096)));
      response.once('drain', more);
    };
    more();
  },
  '/declared-large': (response) => response.writeHead(200, { 'content-length': MAX_BYTES + 1 }).write('x'),
  '/cut-short': (response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('x');
    setImmediate(() => response.destroy());
  },
  '/silent': (response) => response.writeHead(200).write('x'),
  '/never': () => undefined,
  '/bomb': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  '/headers': (response) => response.writeHead(200, { 'x-long': 'x'.repeat(32 * 1024) }).end(),
  '/usage': (response) => response.writeHead(200, { 'x-app-usage': '{"call_count":81}', 'x-other': 'y' }).end('{}'),
  '/refused': (response) => response.writeHead(400, { 'x-app-usage': '{"call_count":100}' }).end('{"error":{}}'),
  '/403': (response) => response.writeHead(403).end(),
  '/404': (response) => response.writeHead(404).end(),
  '/410': (response) => response.writeHead(410).end(),
  '/429': (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
  '/503': (response) => response.writeHead(503, { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end(),
};

const server = https.createServer({ cert, key }, (request, response) => {
  const arrived = { path: request.url!, method: request.method, headers: request.headers, body: '' };
  seen.push(arrived);
  request.on('data', (part: Buffer) => (arrived.body += part.toString()));
  ANSWERS[request.url!]!(response, (server.address() as AddressInfo).port);
});
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => seen.splice(0));

/** The test's server is the public internet; `trap` resolves to a public and a private address. */
const client = (more: Partial<GuardedClientOptions> = {}): GuardedClient =>
  new GuardedClient({
    maxBytes: MAX_BYTES,
    idleMs: 5_000,
    totalMs: 10_000,
    ca: cert,
    ports: [String(port)],
    isAllowedAddress: (address) => address === '127.0.0.1',
    resolve: (host, done) => {
      const addresses = host.startsWith('trap.') ? ['127.0.0.1', '10.0.0.1'] : ['127.0.0.1'];
      done(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    },
    ...more,
  });
const hosts = ['cdn.example', 'kho.example'];
const at = (path: string): string => `https://cdn.example:${port}${path}`;
const get = async (path: string, more: Partial<GuardedClientOptions> = {}): Promise<Download> =>
  await client(more).download({ url: at(path), hosts });
const blocked = (reason: string): Download => ({ ok: false, outcome: 'blocked', reason });

describe('GuardedClient', () => {
  it.each(['/anh.jpg', '/moved', '/relative', '/storage'])('fetches %s', async (path) => {
    expect(await get(path)).toEqual({ ok: true, bytes: Buffer.from('một tấm ảnh') });
  });

  it('fetches what comes in parts', async () => {
    expect(await get('/chunked')).toMatchObject({ ok: true, bytes: Buffer.from('mười chữ nữa'.repeat(10)) });
  });

  it('shows a credential to the first host only', async () => {
    await client().download({ url: at('/storage'), hosts, headers: { authorization: 'Basic bWF0LWtoYXU=' } });
    expect(seen.map(({ path, headers }) => [path, headers['authorization']])).toEqual([
      ['/storage', 'Basic bWF0LWtoYXU='],
      ['/anh.jpg', undefined],
    ]);
    expect(seen.every(({ headers }) => headers['cookie'] === undefined)).toBe(true);
  });

  it('posts a form, once, to nobody but the host that was meant', async () => {
    const form = { refresh_token: 'mã & khoá', grant_type: 'refresh_token' };
    expect(await client().download({ url: at('/anh.jpg'), hosts, form })).toMatchObject({ ok: true });
    expect(seen.map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual([
      ['POST', new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded'],
    ]);
    expect(await client().download({ url: at('/moved'), hosts, form })).toEqual({
      ok: false,
      outcome: 'blocked',
      reason: 'redirect',
    });
    expect(seen.map(({ path }) => path)).toEqual(['/anh.jpg', '/moved']);
  });

  it('tells the headers that were asked for, of refusals too, and no other', async () => {
    const tell = ['x-app-usage', 'retry-after'];
    expect(await client().download({ url: at('/usage'), hosts, tell })).toEqual({
      ok: true,
      bytes: Buffer.from('{}'),
      headers: { 'x-app-usage': '{"call_count":81}' },
    });
    expect(await client().download({ url: at('/refused'), hosts, tell, refusals: true })).toEqual({
      ok: false,
      outcome: 'gone',
      reason: 'http_400',
      refusal: Buffer.from('{"error":{}}'),
      headers: { 'x-app-usage': '{"call_count":100}' },
    });
  });

  it('asks a host that is written with http by https', async () => {
    const url = at('/anh.jpg').replace('https:', 'http:');
    expect(await client().download({ url, hosts })).toMatchObject({ ok: true });
  });

  it.each([
    ['another host', 'https://other.example/anh.jpg', 'host'],
    ['a host that only ends alike', 'https://evilcdn.example/', 'host'],
    ['the provider as a name before another', 'https://cdn.example.evil.example/', 'host'],
    ['the provider as a user', 'https://cdn.example@evil.example/', 'userinfo'],
    ['a credential', 'https://a:b@cdn.example/', 'userinfo'],
    ['another port', 'https://cdn.example:8443/', 'port'],
    ['a number for a host', 'https://2130706433/', 'host'],
    ['loopback', 'https://127.0.0.1/', 'host'],
    ['loopback of IPv6', 'https://[::1]/', 'host'],
    ['a file', 'file:///etc/passwd', 'scheme'],
    ['inline data', 'data:text/plain,x', 'scheme'],
    ['no address', 'ảnh số 1', 'address'],
  ])('asks nobody for %s', async (_what, url, reason) => {
    expect(await client().download({ url, hosts })).toEqual(blocked(reason));
    expect(seen).toEqual([]);
  });

  it.each([
    ['to another host', '/to-elsewhere', 'host'],
    ['to loopback', '/to-loopback', 'host'],
    ['to mapped loopback', '/to-mapped', 'host'],
    ['to loopback as a number', '/to-number', 'host'],
    ['to a file', '/to-file', 'scheme'],
    ['to nonsense', '/to-nonsense', 'redirect'],
    ['for ever', '/loop', 'redirects'],
    ['to a host that leads inside', '/to-trap', 'private_address'],
  ])('follows no redirect %s', async (_what, path, reason) => {
    expect(await get(path)).toEqual(blocked(reason));
    expect(seen.filter((one) => one.path !== path)).toEqual([]);
  });

  it('connects to no private address, whatever the name of the host', async () => {
    expect(await get('/anh.jpg', { isAllowedAddress: () => false })).toEqual(blocked('private_address'));
    expect(seen).toEqual([]);
  });

  it('looks at the address that it is connected to: an answer of the name service may change', async () => {
    // The first look is at what was resolved, the second one at the connection.
    const looks = [true, false];
    expect(await get('/anh.jpg', { isAllowedAddress: () => looks.shift()! })).toEqual(blocked('private_address'));
    expect(looks).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const { ca: _unknown, ...rest } = { ca: cert };
    expect(await get('/anh.jpg', { ...rest, ca: '' })).toMatchObject({ ok: false, outcome: 'retry' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['without an end', '/endless', 'too_large'],
    ['that is declared too large', '/declared-large', 'too_large'],
    ['that is compressed', '/bomb', 'encoding'],
    ['with endless headers', '/headers', 'headers'],
  ])('gives up an answer %s', async (_what, path, reason) => {
    expect(await get(path)).toEqual(blocked(reason));
  });

  it.each(['/403', '/404', '/410'])('takes %s for final', async (path) => {
    expect(await get(path)).toEqual({ ok: false, outcome: 'gone', reason: `http_${path.slice(1)}` });
  });

  it('says how long to wait', async () => {
    expect(await get('/429')).toEqual({ ok: false, outcome: 'retry', reason: 'http_429', retryAfterMs: 7_000 });
    expect(await get('/503')).toEqual({ ok: false, outcome: 'retry', reason: 'http_503' });
  });

  it('keeps nothing of an answer that was cut short', async () => {
    expect(await get('/cut-short')).toMatchObject({ ok: false, outcome: 'retry' });
  });

  it.each([
    ['says nothing', '/never'],
    ['falls silent', '/silent'],
  ])('leaves a host that %s', async (_what, path) => {
    expect(await get(path, { idleMs: 50 })).toMatchObject({ ok: false, outcome: 'retry' });
    expect(await get(path, { totalMs: 50 })).toMatchObject({ ok: false, outcome: 'retry' });
  });
});
