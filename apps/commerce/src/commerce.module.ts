import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives orders, visits and forms of shops and web sites. */
@Module({ imports: [IngressModule.forConnector('commerce')] })
export class CommerceModule {}
