import type { DynamicModule, Type } from '@nestjs/common';
import { createLogger, HealthRegistry, loadConfig, Metrics, requireSetting } from '@app/kernel';
import { createApplication, startApplication, type Consumption } from './create-application.js';
import { openStream } from './open-stream.js';
import { readAccounts } from './read-accounts.js';
import { closeOnSignal, runProcess } from './run-process.js';

/** One service of the distributed way to run. */
export interface ServiceDescription {
  readonly name: string;
  readonly module: Type | DynamicModule;
  /** Whether it reads the accounts file: of every channel, because one webhook may deliver for several. */
  readonly accounts?: true;
  /** Whether it uses the database itself. */
  readonly database?: true;
  readonly consumption?: Consumption;
}

/**
 * Starts a service as a process of its own: configuration and accounts, logger, stream, database, HTTP. It ends at
 * SIGTERM or SIGINT.
 *
 * Wrong configuration ends the process with every problem on standard error.
 */
export async function startService(service: ServiceDescription): Promise<void> {
  await runProcess(async () => {
    const config = loadConfig();
    const logger = createLogger({ level: config.LOG_LEVEL, service: service.name });
    const metrics = new Metrics({ processMetrics: true });
    const installationSecret = requireSetting(config, 'OMNILINE_SECRET');
    const accounts = service.accounts ? readAccounts(config.OMNILINE_ACCOUNTS) : [];
    const clientId = `omniline-${service.name}`;
    const application = await createApplication({
      modules: [service.module],
      kernel: {
        config,
        accounts,
        logger,
        installationSecret,
        metrics,
        health: new HealthRegistry(),
      },
      stream: openStream({ config, clientId, logger, metrics }),
      ...(service.database
        ? { database: { url: requireSetting(config, 'DATABASE_URL'), applicationName: clientId } }
        : {}),
      ...(service.consumption === undefined ? {} : { consumption: service.consumption }),
    });
    closeOnSignal(application, logger);
    const url = await startApplication(application, { host: config.HOST, port: config.PORT });
    logger.info({ url }, 'Listening');
  });
}
