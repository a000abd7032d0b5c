import { startService } from '@app/runtime';
import { SmsModule } from './sms.module.js';

await startService({ name: 'sms', module: SmsModule, accounts: true, database: true });
