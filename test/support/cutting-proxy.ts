import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that cuts connections where a test wants it. */
export interface CuttingProxy {
  readonly port: number;
  /** Connections taken so far. */
  readonly connections: number;
  /** Cuts a connection when one side's bytes match, so many times; the bytes that match are not passed on. */
  cutOn(side: 'client' | 'server', pattern: RegExp, times: number): void;
  /** Changes what clients say from now on; undefined: nothing. */
  rewriteClient(rewrite: ((text: string) => string) | undefined): void;
  /** Cuts that are still to come. */
  readonly cutsLeft: number;
  /** Cuts every connection now. */
  cutAll(): void;
  stop(): Promise<void>;
}

/** Starts a proxy on loopback in front of a port of this machine. */
export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let rewriteClient: ((text: string) => string) | undefined;
  let rule: { side: 'client' | 'server'; pattern: RegExp; times: number } | undefined;
  const shouldCut = (side: 'client' | 'server', chunk: Buffer): boolean => {
    if (rule === undefined || rule.times === 0 || rule.side !== side || !rule.pattern.test(chunk.toString('latin1'))) {
      return false;
    }
    rule.times--;
    return true;
  };
  const server = createServer((client) => {
    connections++;
    const upstream = connect(targetPort, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (chunk) => {
      if (shouldCut('client', chunk)) cut();
      else upstream.write(rewriteClient === undefined ? chunk : rewriteClient(chunk.toString('latin1')), 'latin1');
    });
    upstream.on('data', (chunk) => (shouldCut('server', chunk) ? cut() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cutOn(side, pattern, times) {
      rule = { side, pattern, times };
    },
    rewriteClient(rewrite) {
      rewriteClient = rewrite;
    },
    get cutsLeft() {
      return rule?.times ?? 0;
    },
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
