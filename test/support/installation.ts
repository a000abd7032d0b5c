import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database } from '@app/persistence';
import { kafkaAvailability, startKafkaBroker, type KafkaBroker } from './kafka-broker.js';
import { startTestPostgres, type TestPostgres } from './postgres.js';
import { Program, Service } from './processes.js';
import { TimelineClient } from './timeline-client.js';

/** How the stream runs: on a broker, or as the log in PostgreSQL. */
export type StreamKind = 'kafka' | 'log';

/** Services of the distributed way to run. */
export type ServiceName = 'chat' | 'sms' | 'social' | 'email' | 'unifier' | 'timeline';

/** What an installation is made of. */
export interface InstallationOptions {
  readonly stream: StreamKind;
  /** Text of the accounts file. */
  readonly accounts: string;
  /** Copies of each service; a service that is not named does not run. */
  readonly copies: Readonly<Partial<Record<ServiceName, number>>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings that every test installation shares. */
export const TEST_API_KEY = 'khoa-cua-bai-thu-dau-cuoi';
const TEST_SECRET = 'mot-bi-mat-dai-chi-dung-trong-bai-thu-nghiem';

/** Ways to run that can be tried here, for `describe.each`; the others with the reason why not. */
export function streamKinds(): { kind: StreamKind; unavailable?: string }[] {
  const kafka = kafkaAvailability();
  return [{ kind: 'kafka', ...(kafka.available ? {} : { unavailable: kafka.reason }) }, { kind: 'log' }];
}

/** Every service as processes of their own, on a PostgreSQL server and, if wanted, a broker of their own. */
export class Installation {
  private readonly services = new Map<string, Service>();

  private constructor(
    readonly postgres: TestPostgres,
    readonly broker: KafkaBroker | undefined,
    readonly databaseUrl: string,
    readonly database: Database,
    private readonly folder: string,
    private readonly options: InstallationOptions,
  ) {}

  /** Starts the servers, prepares the database and the topics, and starts all services at once. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const folder = mkdtempSync(path.join(tmpdir(), 'omniline-e2e-'));
    writeFileSync(path.join(folder, 'accounts.yaml'), options.accounts);
    const [postgres, broker] = await Promise.all([
      startTestPostgres(),
      options.stream === 'kafka' ? startKafkaBroker() : undefined,
    ]);
    const databaseUrl = await postgres.createDatabase();
    const database = Database.connect(databaseUrl, { applicationName: 'e2e', max: 4 });
    const installation = new Installation(postgres, broker, databaseUrl, database, folder, options);
    try {
      await installation.prepare();
      const all = Object.entries(options.copies) as [ServiceName, number][];
      await Promise.all(
        all.flatMap(([name, copies]) =>
          Array.from({ length: copies }, (_, index) => installation.launch(name, index + 1)),
        ),
      );
    } catch (error) {
      await installation.stop();
      throw error;
    }
    return installation;
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      PORT: '0',
      HOST: '127.0.0.1',
      OMNILINE_ACCOUNTS: path.join(this.folder, 'accounts.yaml'),
      OMNILINE_API_KEY: TEST_API_KEY,
      OMNILINE_SECRET: TEST_SECRET,
      DATABASE_URL: this.databaseUrl,
      ...(this.broker === undefined ? {} : { KAFKA_BROKERS: this.broker.brokers.join(',') }),
      ...this.options.env,
    };
  }

  get kind(): StreamKind {
    return this.options.stream;
  }

  /** Folder for files of the test; removed at the end. */
  get files(): string {
    return this.folder;
  }

  /** A service by name; `copy` counts from 1. */
  service(name: ServiceName, copy = 1): Service {
    const service = this.services.get(`${name}-${copy}`);
    if (service === undefined) throw new Error(`There is no copy ${copy} of ${name}`);
    return service;
  }

  /** Door of a connector. */
  urlOf(name: ServiceName, copy = 1): string {
    return this.service(name, copy).url;
  }

  /** The timeline service; follows it over restarts. */
  client(copy = 1): TimelineClient {
    return new TimelineClient(() => this.urlOf('timeline', copy), TEST_API_KEY);
  }

  /** Runs the job that migrates and creates topics. */
  private async prepare(): Promise<void> {
    const job = this.program('prepare', 'apps/unifier/src/prepare.main.js');
    job.start();
    const code = await job.exit();
    if (code !== 0) throw new Error(`The prepare job ended with ${code}\n${job.tail()}`);
  }

  /** A program with this installation's environment, not started. */
  program(name: string, entry: string, env: Readonly<Record<string, string>> = {}): Program {
    return new Program({ name, entry, logs: this.folder, env: { ...this.environment, ...env } });
  }

  private async launch(name: ServiceName, copy: number): Promise<void> {
    const entry = `apps/${name}/src/main.js`;
    const service = new Service({ name: `${name}-${copy}`, entry, env: this.environment, logs: this.folder });
    this.services.set(service.name, service);
    await service.launch();
  }

  /** The ends of all logs, for a person who reads a failed test. */
  logs(): string {
    return [...this.services.values()].map((service) => service.tail()).join('');
  }

  /** Ends everything that was started and removes its files. */
  async stop(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.database.close();
    await this.broker?.stop();
    await this.postgres.dropDatabase(this.databaseUrl);
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
