import { connect, type Socket } from 'node:net';
import { createLogger } from '@app/kernel';
import { createLogStream, migrate } from '@app/persistence';
import { createKafkaStream } from '@app/stream';
import { describeStream, TcpProxy, type OpenedStream, type StreamBackend } from '@app/testkit';
import { kafkaAvailability, startKafkaBroker } from '../support/kafka-broker.js';
import { startTestPostgres } from '../support/postgres.js';
import { describeUnless } from '../support/skips.js';

const logger = createLogger({ level: process.env['LOG_LEVEL'] ?? 'silent', service: 'test' });

async function startKafka(): Promise<StreamBackend> {
  const broker = await startKafkaBroker();
  const open = (): OpenedStream => {
    const sockets = new Set<Socket>();
    const state = { cut: false };
    const stream = createKafkaStream({
      brokers: broker.brokers,
      clientId: 'test',
      logger,
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect({ host, port }, onConnect);
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        if (state.cut) socket.destroy(new Error('cut off'));
        return socket;
      },
    });
    const cut = async (): Promise<void> => {
      state.cut = true;
      for (const socket of sockets) socket.destroy();
    };
    return { stream, cut };
  };
  return {
    open,
    freeze: () => broker.pause(),
    thaw: () => broker.resume(),
    kill: () => broker.kill9(),
    restart: () => broker.restart(),
    stop: () => broker.stop(),
  };
}

async function startLog(): Promise<StreamBackend> {
  const server = await startTestPostgres();
  const database = new URL(await server.createDatabase());
  await migrate(database.href);
  const target = (): { host: string; port: number } => {
    const { hostname: host, port } = new URL(server.url);
    return { host, port: Number(port) };
  };
  const proxies = new Set<TcpProxy>();
  // Each stream has a proxy of its own, so that one can be cut off; they are there before a test asks.
  const idle = await Promise.all(Array.from({ length: 64 }, () => TcpProxy.start(target)));
  const open = (): OpenedStream => {
    const proxy = idle.pop();
    if (proxy === undefined) throw new Error('More streams than proxies');
    proxies.add(proxy);
    const url = new URL(database);
    url.port = String(proxy.port);
    url.hostname = '127.0.0.1';
    const stream = createLogStream({ url: url.href, clientId: 'test', logger });
    return { stream, cut: async () => proxy.sever() };
  };
  return {
    open,
    freeze: () => proxies.forEach((proxy) => proxy.freeze()),
    thaw: () => proxies.forEach((proxy) => proxy.thaw()),
    kill: () => server.kill9Postmaster(),
    restart: () => server.restart(),
    async stop() {
      await Promise.all([...proxies, ...idle].map((proxy) => proxy.close()));
      await server.stop();
    },
  };
}

const kafka = kafkaAvailability();
if (kafka.available) describeStream('Apache Kafka', startKafka);
else
  describeUnless(kafka.reason)(`Apache Kafka as a stream (${kafka.reason})`, () =>
    it('runs where a broker can be started', () => undefined),
  );

describeStream('the log in PostgreSQL', startLog);
