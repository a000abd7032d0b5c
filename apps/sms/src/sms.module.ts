import { Module, type Provider } from '@nestjs/common';
import { IngressModule, PART_TAKER } from '@app/ingress';
import { Database, PartsRepository } from '@app/persistence';
import { JoinPartsService } from './join-parts/join-parts.service.js';
import { BindSmscsService, smscWaitsProvider } from './smpp/bind-smscs.service.js';

const PARTS: readonly Provider[] = [
  { provide: PartsRepository, useFactory: (database: Database) => new PartsRepository(database), inject: [Database] },
  JoinPartsService,
  { provide: PART_TAKER, useExisting: JoinPartsService },
];

/**
 * Receives SMS and their delivery receipts, by HTTP and from message centres. It needs the global kernel, stream and persistence
 * modules.
 */
@Module({
  imports: [IngressModule.forConnector('sms', PARTS)],
  providers: [smscWaitsProvider, BindSmscsService],
})
export class SmsModule {}
