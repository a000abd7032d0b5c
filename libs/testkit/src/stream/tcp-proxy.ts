import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and its server, to freeze or sever the connections. */
export class TcpProxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  private frozen = false;
  private severed = false;

  private constructor(
    private readonly server: Server,
    /** Where the client connects, on 127.0.0.1. */
    readonly port: number,
  ) {}

  /** @param target read at each connection: the server may move */
  static async start(target: () => { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
    const proxy = new TcpProxy(server, address.port);
    server.on('connection', (client) => proxy.join(client, connect(target())));
    return proxy;
  }

  /** Bytes wait on both sides from now on. */
  freeze(): void {
    this.frozen = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  thaw(): void {
    this.frozen = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  /** Ends all connections and refuses new ones. */
  sever(): void {
    this.severed = true;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  async close(): Promise<void> {
    this.sever();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket, server: Socket): void {
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (chunk) => void to.write(chunk));
      // A broken connection is what the client under test is to see.
      from.on('error', end);
      from.on('close', end);
      if (this.frozen) from.pause();
    }
    if (this.severed) end();
  }
}
