// The bare ceiling of a gateway: Fastify, an HMAC over the raw body, and the same bytes to Kafka with acks=all, gathered
// into one send while another is under way. No parsing, no contract, no accounts.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const secret = process.env['FB_APP_SECRET']!;
const topic = 'omni.inbound.messenger.v1';
const kafka = new Kafka({ brokers: process.env['KAFKA_BROKERS']!.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
});

interface Waiting {
  readonly value: Buffer;
  readonly done: (error?: unknown) => void;
}
let queue: Waiting[] = [];
let sending = false;

async function drain(): Promise<void> {
  if (sending) return;
  sending = true;
  while (queue.length > 0) {
    const batch = queue;
    queue = [];
    const error: unknown = await producer
      .send({ topic, acks: -1, messages: batch.map(({ value }) => ({ key: value.subarray(60, 90), value })) })
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    for (const { done } of batch) done(error);
  }
  sending = false;
}

const server = fastify({ bodyLimit: 5_000_000 });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/webhooks/messenger/fb-shop', async (request, reply) => {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice(7), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return await reply.code(401).send();
  await new Promise<void>((resolve, reject) => {
    queue.push({ value: body, done: (error) => (error === undefined ? resolve() : reject(error as Error)) });
    void drain();
  });
  return await reply.code(200).send('EVENT_RECEIVED');
});
await producer.connect();
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.once('SIGTERM', () => void Promise.all([server.close(), producer.disconnect()]).then(() => process.exit(0)));
