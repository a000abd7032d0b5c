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

/**
 * Closes the connection after an answer that was under way when the server began to close: it would stay open, idle, for
 * the whole of `keepAliveTimeout` and hold the shutdown up.
 */
function closeConnectionsWhenClosing(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * The HTTP server of a service. Bodies of every type reach the handlers as the raw bytes: signatures cover bytes, and a
 * body is parsed by whoever knows what it is.
 */
export function createHttpAdapter(options: HttpOptions = {}): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
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
