import { startService } from '@app/runtime';
import { SocialModule } from './social.module.js';

await startService({ name: 'social', module: SocialModule, accounts: true, database: true });
