import { Module } from '@nestjs/common';
import { mailboxTimesProvider, PullMailboxesService } from './pull-mailbox/pull-mailboxes.service.js';

/** Pulls mailboxes. It needs the global kernel, stream and persistence modules. */
@Module({ providers: [mailboxTimesProvider, PullMailboxesService] })
export class EmailModule {}
