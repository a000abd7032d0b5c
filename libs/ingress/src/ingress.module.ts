import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { channelsOf, type Connector } from '@app/contracts';
import { INGRESS_CHANNELS, WebhookDoor } from './webhook-door.js';

/** Opens the doors of a connector's channels. It needs the global `KernelModule` and `StreamModule`. */
@Module({})
export class IngressModule {
  /** @param more provide `BYTE_STORE` or `PART_TAKER`, for a connector that keeps bytes apart or joins messages */
  static forConnector(connector: Connector, more: readonly Provider[] = []): DynamicModule {
    const channels = { provide: INGRESS_CHANNELS, useValue: channelsOf(connector) };
    return { module: IngressModule, providers: [channels, ...more, WebhookDoor], exports: [...more] };
  }
}
