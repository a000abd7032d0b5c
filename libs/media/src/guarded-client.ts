import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** What to fetch, and whose hosts may answer. */
export interface DownloadRequest {
  readonly url: string;
  /** Sent to the first host only: they may hold a credential. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Posted as a form instead of asking; such a request is never sent on to where an answer points. */
  readonly form?: Readonly<Record<string, string>>;
  /** Reads what a refusal says (4xx), for a provider that gives its reason there. */
  readonly refusals?: true;
  /** Names of answer headers to be told, in lower case. */
  readonly tell?: readonly string[];
  /** Domains of the provider; each includes its subdomains. */
  readonly hosts: readonly string[];
}

/** Headers of an answer that were asked for, as far as it has them. */
export type ToldHeaders = Readonly<Record<string, string>>;

/** What came of a fetch. */
export type Download =
  | { readonly ok: true; readonly bytes: Buffer; readonly headers?: ToldHeaders }
  /** Never to be tried again: the address or the answer is one that we do not take. `reason` is a word for metrics. */
  | { readonly ok: false; readonly outcome: 'blocked'; readonly reason: string }
  /** The provider says that it is not there any more, or not for us. */
  | {
      readonly ok: false;
      readonly outcome: 'gone';
      readonly reason: string;
      readonly refusal?: Buffer;
      readonly headers?: ToldHeaders;
    }
  /** It may work later. */
  | { readonly ok: false; readonly outcome: 'retry'; readonly reason: string; readonly retryAfterMs?: number };

/** How addresses are resolved: `dns.lookup`, or a test's own. */
export type Resolve = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Options of {@link GuardedClient}; the defaults are for production. */
export interface GuardedClientOptions {
  readonly maxBytes: number;
  /** Longest silence on the connection, and longest whole fetch, redirects included, in milliseconds. */
  readonly idleMs: number;
  readonly totalMs: number;
  /** Which addresses may be connected to; the public ones. */
  readonly isAllowedAddress?: (address: string) => boolean;
  readonly resolve?: Resolve;
  /** Certificates to trust besides the usual ones. */
  readonly ca?: string;
  /** Ports besides that of https. */
  readonly ports?: readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';
const MAX_REDIRECTS = 3;
const MAX_HEADER_BYTES = 16 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Everything else that is not a success is taken for final. */
const TRANSIENT = new Set([408, 409, 423, 425, 429, 500, 502, 503, 504, 509]);
const MAX_RETRY_AFTER_MS = 3_600_000;

const resolveBySystem: Resolve = (host, done) =>
  systemLookup(host, { all: true }, (error, found) => done(error, found));

/** What goes to a host. */
interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>> | undefined;
  readonly refusals: boolean;
  readonly tell: readonly string[];
}

class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  constructor() {
    super('the host leads to an address that is not public');
  }
}

const blocked = (reason: string): Download => ({ ok: false, outcome: 'blocked', reason });

function retryAfterOf(value: string | undefined): { readonly retryAfterMs?: number } {
  const seconds = value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
  return seconds === undefined ? {} : { retryAfterMs: Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) };
}

function toldOf(headers: IncomingMessage['headers'], names: readonly string[]): { readonly headers?: ToldHeaders } {
  const found = names.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return found.length === 0 ? {} : { headers: Object.fromEntries(found) };
}

/**
 * Fetches what an address from outside names, and trusts neither the address nor the answer: https only, hosts of the
 * provider only, public addresses only (as connected to, so that a name which resolves anew does not help), the same for
 * each of at most three redirects, within limits of bytes and time, without cookies, proxies or decompression.
 *
 * No outcome and no error holds the address or anything of the answer.
 */
export class GuardedClient {
  private readonly isAllowed: (address: string) => boolean;
  private readonly resolve: Resolve;

  constructor(private readonly options: GuardedClientOptions) {
    this.isAllowed = options.isAllowedAddress ?? isPublicAddress;
    this.resolve = options.resolve ?? resolveBySystem;
  }

  async download(request: DownloadRequest): Promise<Download> {
    const signal = AbortSignal.timeout(this.options.totalMs);
    let { url, headers = {} } = request;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const target = this.target(url, request.hosts);
      if (typeof target === 'string') return blocked(target);
      const { form, refusals = false, tell = [] } = request;
      const answer = await this.attempt(target, { headers, form, refusals, tell }, signal);
      if (!('location' in answer)) return answer;
      if (request.form !== undefined) return blocked('redirect');
      const next = URL.canParse(answer.location, target.href) ? new URL(answer.location, target) : undefined;
      if (next === undefined) return blocked('redirect');
      if (next.host !== target.host) headers = {};
      url = next.href;
    }
    return blocked('redirects');
  }

  /** @returns a word when the address may not be fetched */
  private target(text: string, hosts: readonly string[]): URL | string {
    if (!URL.canParse(text)) return 'address';
    const url = new URL(text);
    // Some providers still write http; their hosts serve https as well.
    if (url.protocol === 'http:') url.protocol = 'https:';
    if (url.protocol !== 'https:') return 'scheme';
    if (url.username !== '' || url.password !== '') return 'userinfo';
    if (url.port !== '' && !(this.options.ports ?? []).includes(url.port)) return 'port';
    const host = url.hostname.toLowerCase().replace(/\.$/, '');
    return hosts.some((domain) => host === domain || host.endsWith(`.${domain}`)) ? url : 'host';
  }

  private async attempt(url: URL, sent: Sent, signal: AbortSignal): Promise<Download | { readonly location: string }> {
    try {
      const response = await this.open(url, sent, signal);
      return await this.read(response, sent);
    } catch (error) {
      if (error instanceof ForbiddenAddressError) return blocked('private_address');
      const code = (error as { code?: unknown }).code;
      if (code === 'HPE_HEADER_OVERFLOW') return blocked('headers');
      return { ok: false, outcome: 'retry', reason: typeof code === 'string' ? code.toLowerCase() : 'connection' };
    }
  }

  private readonly lookup: LookupFunction = (host, _options, done) => {
    this.resolve(host, (error, addresses) => {
      if (error !== null) return done(error, []);
      // One address of ours among public ones is enough to be a trap.
      if (!addresses.every(({ address }) => this.isAllowed(address))) return done(new ForbiddenAddressError(), []);
      done(null, [...addresses]);
    });
  };

  private async open(url: URL, { headers, form }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const about = body === undefined ? {} : { 'content-type': FORM, 'content-length': Buffer.byteLength(body) };
    return await new Promise((resolve, reject) => {
      // Node hands the last one on to `net.connect`, which its types do not say.
      const options: https.RequestOptions & { readonly autoSelectFamily: boolean } = {
        method: body === undefined ? 'GET' : 'POST',
        headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'omniline-media', ...about, ...headers },
        // A connection of its own, so that no pooled one was made for another name.
        agent: false,
        autoSelectFamily: true,
        lookup: this.lookup,
        maxHeaderSize: MAX_HEADER_BYTES,
        signal,
        timeout: this.options.idleMs,
        ...(this.options.ca === undefined ? {} : { ca: this.options.ca }),
      };
      const request = https.request(url, options);
      request.once('timeout', () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })));
      request.once('socket', (socket) =>
        socket.once('connect', () => {
          // An address written in numbers is not looked up; it is seen here.
          if (!this.isAllowed(socket.remoteAddress ?? '')) request.destroy(new ForbiddenAddressError());
        }),
      );
      request.once('response', resolve);
      request.once('error', reject);
      request.end(body);
    });
  }

  private async read(
    response: IncomingMessage,
    { refusals, tell }: Sent,
  ): Promise<Download | { readonly location: string }> {
    const { statusCode: status = 0, headers } = response;
    const drop = (outcome: Download | { readonly location: string }): typeof outcome => {
      response.destroy();
      return outcome;
    };
    if (REDIRECTS.has(status) && headers.location !== undefined) return drop({ location: headers.location });
    if (TRANSIENT.has(status)) {
      const wait = retryAfterOf(headers['retry-after']);
      return drop({ ok: false, outcome: 'retry', reason: `http_${status}`, ...wait });
    }
    const isRefusal = status >= 400 && status < 500;
    if (status !== 200 && !(refusals && isRefusal))
      return drop({ ok: false, outcome: 'gone', reason: `http_${status}` });
    // What is compressed could be anything of any size once it is not.
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') return drop(blocked('encoding'));
    if (Number(headers['content-length'] ?? 0) > this.options.maxBytes) return drop(blocked('too_large'));
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > this.options.maxBytes) return drop(blocked('too_large'));
      parts.push(part);
    }
    const bytes = Buffer.concat(parts, size);
    const told = toldOf(headers, tell);
    if (status !== 200) return { ok: false, outcome: 'gone', reason: `http_${status}`, refusal: bytes, ...told };
    return { ok: true, bytes, ...told };
  }
}
