import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives comments under posts. */
@Module({ imports: [IngressModule.forChannels('facebook_comment')] })
export class SocialModule {}
