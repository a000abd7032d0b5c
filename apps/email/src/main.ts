import { startService } from '@app/runtime';
import { EmailModule } from './email.module.js';

await startService({ name: 'email', module: EmailModule, accounts: true, database: true });
