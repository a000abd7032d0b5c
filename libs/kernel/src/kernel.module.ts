import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { ChannelAccount } from './accounts.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { HealthController, HealthRegistry } from './health.js';
import { type Logger } from './logger.js';
import { Metrics } from './metrics.js';

/** Injection tokens of the values that every service shares. */
export const CONFIG = Symbol('CONFIG');
export const ACCOUNTS = Symbol('ACCOUNTS');
export const LOGGER = Symbol('LOGGER');
export const CLOCK = Symbol('CLOCK');
/** The installation's secret, a string of at least 32 characters. */
export const INSTALLATION_SECRET = Symbol('INSTALLATION_SECRET');

/** What a process hands to its modules. */
export interface KernelOptions {
  readonly config: Config;
  readonly accounts: readonly ChannelAccount[];
  readonly logger: Logger;
  readonly installationSecret: string;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
}

/** Global module with configuration, accounts, logger, clock, metrics and health. */
@Global()
@Module({})
export class KernelModule {
  static forRoot(options: KernelOptions): DynamicModule {
    const values = [
      { provide: CONFIG, useValue: options.config },
      { provide: ACCOUNTS, useValue: options.accounts },
      { provide: LOGGER, useValue: options.logger },
      { provide: CLOCK, useValue: systemClock },
      { provide: INSTALLATION_SECRET, useValue: options.installationSecret },
      { provide: Metrics, useValue: options.metrics },
      { provide: HealthRegistry, useValue: options.health },
    ];
    return {
      module: KernelModule,
      global: true,
      controllers: [HealthController],
      providers: values,
      exports: values.map((v) => v.provide),
    };
  }
}
