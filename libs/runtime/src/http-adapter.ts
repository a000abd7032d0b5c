import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { refuseAddress } from './refuse-address.js';

/** Options of {@link createHttpAdapter}. */
export interface HttpOptions {
  /** Proxies in front whose `X-Forwarded-For` is believed: a number of hops, or a comma-separated list of addresses. */
  readonly trustedProxies?: string;
}

/** Largest body of a route that names no limit of its own, in bytes. */
const BODY_LIMIT = 1_048_576;

type TrustProxy = boolean | string | ((address: string, hop: number) => boolean);

function trustProxy(text: string | undefined): TrustProxy {
  if (text === undefined) return false;
  return /^\d+$/.test(text) ? (_address, hop) => hop < Number(text) : text;
}

const CLOSE_IDLE_EVERY_MS = 100;

/**
 * While the server closes, connections that become idle are closed too: one whose answer was under way when the closing
 * began would else stay open for the whole of `keepAliveTimeout` and hold the shutdown up. A header on each answer would
 * do the same, at the cost of a hook on every request of a lifetime.
 */
function closeConnectionsWhenClosing(server: FastifyInstance): void {
  server.addHook('preClose', (done) => {
    const timer = setInterval(() => server.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
    server.server.once('close', () => clearInterval(timer));
    done();
  });
}

/**
 * The HTTP server of a service. Bodies of every type reach the handlers as the raw bytes: signatures cover bytes, and a
 * body is parsed by whoever knows what it is.
 */
export function createHttpAdapter(options: HttpOptions = {}): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // No app uses Express middleware; its place in the path of every request would cost for nothing.
    skipMiddie: true,
    requestTimeout: 30_000,
    // Longer than the idle time of common proxies, which must be the ones to close.
    keepAliveTimeout: 75_000,
    trustProxy: trustProxy(options.trustedProxies),
    // An SSE reader or an idle keep-alive connection must not hold the shutdown up.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: refuseAddress,
  });
  const server = adapter.getInstance();
  closeConnectionsWhenClosing(server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
}
