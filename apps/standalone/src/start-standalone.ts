import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, HealthRegistry, loadConfig, Metrics, type Config, type Logger } from '@app/kernel';
import { createApplication, openStream, prepareInstallation, readAccounts, startApplication } from '@app/runtime';
import { ChatModule } from '../../chat/src/chat.module.js';
import { CommerceModule } from '../../commerce/src/commerce.module.js';
import { EmailModule } from '../../email/src/email.module.js';
import { FollowUpModule } from '../../follow-up/src/follow-up.module.js';
import { SmsModule } from '../../sms/src/sms.module.js';
import { SocialModule } from '../../social/src/social.module.js';
import { TimelineModule } from '../../timeline/src/timeline.module.js';
import { UNIFIER } from '../../unifier/src/consumption.js';
import { UnifierModule } from '../../unifier/src/unifier.module.js';
import { VoiceModule } from '../../voice/src/voice.module.js';
import { ensureDemoAccounts } from './demo/demo-accounts.js';
import { startDemoMailbox } from './demo/demo-mailbox.js';
import { keptSecrets } from './kept-secrets.js';
import { openDatabase } from './open-database.js';
import { writeRunFile, type RunFile } from './run-file.js';

/** A standalone run that answers. */
export interface Standalone {
  readonly run: RunFile;
  readonly home: string;
  readonly application: NestFastifyApplication;
  readonly logger: Logger;
  /** Stops the embedded database; to be called when the application is closed. */
  readonly stopDatabase: () => Promise<void>;
}

const NAME = 'standalone';

/** The accounts file of the settings, or the demonstration's own when there is none. */
function accountsPath(config: Config, home: string): string {
  return existsSync(config.OMNILINE_ACCOUNTS) ? resolve(config.OMNILINE_ACCOUNTS) : ensureDemoAccounts(home);
}

/**
 * Starts every service in this process, on PostgreSQL and the log of its own unless `DATABASE_URL` and `KAFKA_BROKERS`
 * name others. Everything it keeps is in `OMNILINE_HOME`.
 *
 * @param options.logLevel when `LOG_LEVEL` does not say otherwise
 * @throws ConfigError with every problem of settings and accounts
 * @throws EmbeddedPostgresError when the database does not come up
 */
export async function startStandalone({ logLevel }: { logLevel: 'error' | 'warn' }): Promise<Standalone> {
  const config = loadConfig(undefined, { HOST: '127.0.0.1', LOG_LEVEL: logLevel });
  const home = resolve(config.OMNILINE_HOME);
  mkdirSync(home, { recursive: true });
  const logger = createLogger({ level: config.LOG_LEVEL, service: NAME });
  const kept = keptSecrets(home);
  const apiKey = config.OMNILINE_API_KEY ?? kept.api_key;
  const accounts = accountsPath(config, home);
  const known = readAccounts(accounts);
  // Before the connector that pulls from it, which would otherwise back off.
  const mailbox = await startDemoMailbox(accounts);

  const database = await openDatabase(config, home);
  try {
    const metrics = new Metrics({ processMetrics: true });
    const reached: Config = { ...config, DATABASE_URL: database.url, OMNILINE_API_KEY: apiKey };
    const stream = () => openStream({ config: reached, clientId: `omniline-${NAME}`, logger, metrics });
    await prepareInstallation({ databaseUrl: database.url, openStream: stream, logger });
    const application = await createApplication({
      modules: [
        ChatModule,
        SmsModule,
        SocialModule,
        EmailModule,
        VoiceModule,
        CommerceModule,
        UnifierModule,
        FollowUpModule,
        TimelineModule,
      ],
      kernel: {
        config: reached,
        accounts: known,
        logger,
        installationSecret: config.OMNILINE_SECRET ?? kept.installation_secret,
        metrics,
        health: new HealthRegistry(),
      },
      stream: stream(),
      database: { url: database.url, applicationName: `omniline-${NAME}`, max: 20 },
      consumption: UNIFIER,
    });
    const url = await startApplication(application, { host: config.HOST, port: config.PORT });
    const run: RunFile = { url, api_key: apiKey.split(',', 1)[0]!, accounts, pid: process.pid };
    writeRunFile(home, run);
    const stopDatabase = async (): Promise<void> => {
      await mailbox?.stop();
      await database.stop();
    };
    return { run, home, application, logger, stopDatabase };
  } catch (error) {
    await mailbox?.stop();
    await database.stop();
    throw error;
  }
}
