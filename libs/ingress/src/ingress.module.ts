import { Module, type DynamicModule } from '@nestjs/common';
import type { Channel } from '@app/contracts';
import { INGRESS_CHANNELS, WebhookDoor } from './webhook-door.js';

/** Opens the doors of some channels. It needs the global `KernelModule` and `StreamModule`. */
@Module({})
export class IngressModule {
  static forChannels(...channels: readonly Channel[]): DynamicModule {
    return { module: IngressModule, providers: [{ provide: INGRESS_CHANNELS, useValue: channels }, WebhookDoor] };
  }
}
