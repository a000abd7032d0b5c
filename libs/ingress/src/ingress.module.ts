import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { channelsOf, type Connector } from '@app/contracts';
import { INGRESS_CHANNELS, WebhookDoor } from './webhook-door.js';

/** Opens the doors of a connector's channels. It needs the global `KernelModule` and `StreamModule`. */
@Module({})
export class IngressModule {
  /** @param byteStore provides `BYTE_STORE`, for a connector whose channels keep bytes apart */
  static forConnector(connector: Connector, byteStore: readonly Provider[] = []): DynamicModule {
    const channels = { provide: INGRESS_CHANNELS, useValue: channelsOf(connector) };
    return { module: IngressModule, providers: [channels, ...byteStore, WebhookDoor] };
  }
}
