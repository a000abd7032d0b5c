import { Module, type DynamicModule } from '@nestjs/common';
import { channelsOf, type Connector } from '@app/contracts';
import { INGRESS_CHANNELS, WebhookDoor } from './webhook-door.js';

/** Opens the doors of a connector's channels. It needs the global `KernelModule` and `StreamModule`. */
@Module({})
export class IngressModule {
  static forConnector(connector: Connector): DynamicModule {
    const channels = { provide: INGRESS_CHANNELS, useValue: channelsOf(connector) };
    return { module: IngressModule, providers: [channels, WebhookDoor] };
  }
}
