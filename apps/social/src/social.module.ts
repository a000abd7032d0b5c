import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives comments under posts. */
@Module({ imports: [IngressModule.forConnector('social')] })
export class SocialModule {}
