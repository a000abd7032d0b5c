import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/persistence';

/** Batches of as many partitions as are handled at once, and one to spare. */
const CONNECTIONS = 5;

/** The connections on which batches are written. */
@Injectable()
export class BatchDatabase implements OnApplicationShutdown {
  readonly database: Database;

  constructor(@Inject(Database) database: Database) {
    this.database = database.sibling({ max: CONNECTIONS, genericPlans: true, relaxedCommits: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
