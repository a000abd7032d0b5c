import { Module } from '@nestjs/common';
import { IngressModule } from '@app/ingress';

/** Receives SMS and their delivery receipts. */
@Module({ imports: [IngressModule.forConnector('sms')] })
export class SmsModule {}
