import { Module, type Provider } from '@nestjs/common';
import { BYTE_STORE, IngressModule } from '@app/ingress';
import { BlobRepository, Database } from '@app/persistence';

const byteStore: Provider = {
  provide: BYTE_STORE,
  useFactory: (database: Database) => new BlobRepository(database),
  inject: [Database],
};

/** Receives orders, visits and forms of shops and web sites. It needs the global kernel, stream and persistence modules. */
@Module({ imports: [IngressModule.forConnector('commerce', [byteStore])] })
export class CommerceModule {}
