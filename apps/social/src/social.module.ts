import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';
import { GuardedClient } from '@app/media';
import { COMMENT_CLIENT, PollCommentsService } from './poll-comments/poll-comments.service.js';

/** A page of a hundred comments with their answers. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const IDLE_MS = 10_000;
const TOTAL_MS = 30_000;

/** Receives comments under posts, and asks for those of which nobody tells. It needs the global kernel, stream and persistence modules. */
@Module({
  imports: [IngressModule.forConnector('social')],
  providers: [
    PollCommentsService,
    {
      provide: COMMENT_CLIENT,
      useFactory: () => new GuardedClient({ maxBytes: MAX_PAGE_BYTES, idleMs: IDLE_MS, totalMs: TOTAL_MS }),
    },
  ],
})
export class SocialModule {}
