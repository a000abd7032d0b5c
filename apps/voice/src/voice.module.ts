import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives what telephone providers and exchanges report of calls. */
@Module({ imports: [IngressModule.forConnector('voice')] })
export class VoiceModule {}
