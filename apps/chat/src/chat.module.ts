import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives the chats of Messenger and Zalo. */
@Module({ imports: [IngressModule.forChannels('messenger', 'zalo')] })
export class ChatModule {}
