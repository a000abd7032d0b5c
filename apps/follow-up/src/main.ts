import { startService } from '@app/runtime';
import { FollowUpModule } from './follow-up.module.js';

await startService({ name: 'follow-up', module: FollowUpModule, accounts: true, database: true });
