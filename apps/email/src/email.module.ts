import { Module, type Provider } from '@nestjs/common';
import { BYTE_STORE, IngressModule } from '@app/ingress';
import { BlobRepository, Database } from '@app/persistence';
import { askDnsProvider, mailboxTimesProvider, PullMailboxesService } from './pull-mailbox/pull-mailboxes.service.js';

const byteStore: Provider = {
  provide: BYTE_STORE,
  useFactory: (database: Database) => new BlobRepository(database),
  inject: [Database],
};

/** Pulls mailboxes, and opens the doors for mail by HTTP. It needs the global kernel, stream and persistence modules. */
@Module({
  imports: [IngressModule.forConnector('email', [byteStore])],
  providers: [mailboxTimesProvider, askDnsProvider, PullMailboxesService],
})
export class EmailModule {}
