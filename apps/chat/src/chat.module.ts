import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives what people write in chats. */
@Module({ imports: [IngressModule.forConnector('chat')] })
export class ChatModule {}
