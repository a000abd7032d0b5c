// The textbook way: a NestJS controller that verifies, parses, and awaits `ClientKafka.emit` for each message.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Controller, Headers, HttpCode, Inject, Module, Post, RawBody, UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, ClientsModule, Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { logLevel, Partitioners } from 'kafkajs';
import { lastValueFrom } from 'rxjs';

interface Body {
  readonly entry: readonly { readonly messaging: readonly { readonly sender: { readonly id: string } }[] }[];
}

@Controller('webhooks/messenger')
class WebhookController {
  constructor(@Inject('KAFKA') private readonly client: ClientKafka) {}

  @Post('fb-shop')
  @HttpCode(200)
  async receive(@RawBody() raw: Buffer, @Headers('x-hub-signature-256') signature: string): Promise<string> {
    const expected = createHmac('sha256', process.env['FB_APP_SECRET']!).update(raw).digest();
    const given = Buffer.from(signature.slice(7), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new UnauthorizedException();
    const body = JSON.parse(raw.toString('utf8')) as Body;
    for (const entry of body.entry) {
      for (const message of entry.messaging) {
        await lastValueFrom(
          this.client.emit('omni.inbound.messenger.v1', { key: message.sender.id, value: JSON.stringify(message) }),
        );
      }
    }
    return 'EVENT_RECEIVED';
  }
}

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'KAFKA',
        transport: Transport.KAFKA,
        options: {
          client: { brokers: process.env['KAFKA_BROKERS']!.split(','), logLevel: logLevel.NOTHING },
          producerOnlyMode: true,
          producer: { createPartitioner: Partitioners.DefaultPartitioner },
          send: { acks: -1 },
        },
      },
    ]),
  ],
  controllers: [WebhookController],
})
class TextbookModule {}

const application = await NestFactory.create<NestFastifyApplication>(TextbookModule, new FastifyAdapter(), {
  rawBody: true,
  logger: false,
});
application.enableShutdownHooks();
await application.listen(0, '127.0.0.1');
const { port } = application.getHttpServer().address() as { port: number };
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
