import { Global, Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { HealthRegistry } from '@app/kernel';
import { STREAM, type Stream } from '../stream.js';

/** Reports whether the stream answers, and closes it last: Nest ends the microservices before this hook. */
@Injectable()
export class StreamLifecycle implements OnApplicationShutdown {
  constructor(
    @Inject(STREAM) private readonly stream: Stream,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    health.register('stream', async () => ({ ok: await this.stream.isReachable() }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stream.close();
  }
}

/** Global module with the process's `STREAM`. It needs the global `KernelModule`. */
@Global()
@Module({})
export class StreamModule {
  static forRoot(stream: Stream): DynamicModule {
    return {
      module: StreamModule,
      global: true,
      providers: [{ provide: STREAM, useValue: stream }, StreamLifecycle],
      exports: [STREAM],
    };
  }
}
