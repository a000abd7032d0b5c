import { createLogger, loadConfig, Metrics, requireSetting } from '@app/kernel';
import { openStream, prepareInstallation, runProcess } from '@app/runtime';

// One-shot job: migrations and topics. Every service waits for its success.
await runProcess(async () => {
  const config = loadConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'prepare' });
  await prepareInstallation({
    databaseUrl: requireSetting(config, 'DATABASE_URL'),
    openStream: () => openStream({ config, clientId: 'omniline-prepare', logger, metrics: new Metrics() }),
    logger,
  });
});
