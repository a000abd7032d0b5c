import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the endpoint answers the next requests. */
export type TokenMood = 'gives' | 'refuses' | 'fails';

/** A token endpoint on 127.0.0.1 whose refresh tokens work once, as RFC 9700 (section 4.14.2) recommends. */
export class TokenServer {
  /** Access tokens that were given and not taken back. */
  readonly tokens = new Set<string>();
  /** Bodies of the requests so far. */
  readonly requests: URLSearchParams[] = [];
  mood: TokenMood = 'gives';
  lifetimeSeconds = 3_600;
  private readonly server: Server;

  private constructor(private refreshToken: string) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, body } = this.answer(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  /** @param refreshToken the first that is good */
  static async start(refreshToken: string): Promise<TokenServer> {
    const server = new TokenServer(refreshToken);
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(form: URLSearchParams): { status: number; body: object } {
    this.requests.push(form);
    if (this.mood === 'fails') return { status: 503, body: {} };
    const number = this.requests.length;
    const isGood = form.get('grant_type') === 'client_credentials' || form.get('refresh_token') === this.refreshToken;
    if (this.mood === 'refuses' || !isGood) return { status: 400, body: { error: 'invalid_grant' } };
    const accessToken = `token-${number}`;
    this.tokens.add(accessToken);
    this.refreshToken = `refresh-${number}`;
    return {
      status: 200,
      body: { access_token: accessToken, refresh_token: this.refreshToken, expires_in: this.lifetimeSeconds },
    };
  }
}
