import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KernelModule, NestLogger, type KernelOptions } from '@app/kernel';
import { PersistenceModule, type PersistenceOptions } from '@app/persistence';
import { StreamModule, StreamServer, type Stream } from '@app/stream';
import { createHttpAdapter } from './http-adapter.js';

/** How the batches of a group reach the message handlers of an application. */
export interface Consumption {
  readonly group: string;
  /** Dead letters go to `omni.dlq.<service>.v1`. */
  readonly service: string;
}

/** What a process is made of. */
export interface ApplicationParts {
  /** Root modules of the apps that this process runs. */
  readonly modules: readonly (Type | DynamicModule)[];
  readonly kernel: KernelOptions;
  readonly stream: Stream;
  /** Absent: the process has no database. */
  readonly database?: PersistenceOptions;
  /** Absent: no module of this process handles messages. */
  readonly consumption?: Consumption;
}

/** Root of a process: the shared global modules and the apps' own. */
@Module({})
class ProcessModule {}

/**
 * Puts a process together. It neither listens nor subscribes yet: see `startApplication`.
 *
 * The application closes the stream and the database when it closes.
 */
export async function createApplication(parts: ApplicationParts): Promise<NestFastifyApplication> {
  const { kernel, stream, database, consumption } = parts;
  const root: DynamicModule = {
    module: ProcessModule,
    imports: [
      KernelModule.forRoot(kernel),
      StreamModule.forRoot(stream),
      ...(database === undefined ? [] : [PersistenceModule.forRoot(database)]),
      ...parts.modules,
    ],
  };
  const { TRUSTED_PROXIES: trustedProxies } = kernel.config;
  const application = await NestFactory.create<NestFastifyApplication>(root, createHttpAdapter({ trustedProxies }), {
    logger: new NestLogger(kernel.logger),
    bodyParser: false,
    // Otherwise Nest ends the process itself and the caller cannot say why.
    abortOnError: false,
  });
  if (consumption !== undefined) {
    const strategy = new StreamServer({
      stream,
      ...consumption,
      maxBatchRecords: kernel.config.UNIFIER_BATCH_RECORDS,
      registerHealth: (check) => kernel.health.register('consumer', check),
    });
    application.connectMicroservice({ strategy }, { inheritAppConfig: false });
  }
  return application;
}

/**
 * Subscribes and listens.
 *
 * @returns address without a path, for example `http://127.0.0.1:3000`
 */
export async function startApplication(
  application: NestFastifyApplication,
  address: { readonly host: string; readonly port: number },
): Promise<string> {
  await application.startAllMicroservices();
  await application.listen({ host: address.host, port: address.port });
  const { port } = application.getHttpServer().address() as { port: number };
  const host = address.host === '0.0.0.0' || address.host === '::' ? '127.0.0.1' : address.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
