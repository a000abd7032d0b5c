import { startService } from '@app/runtime';
import { CommerceModule } from './commerce.module.js';

await startService({ name: 'commerce', module: CommerceModule, accounts: true, database: true });
