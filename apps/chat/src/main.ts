import { startService } from '@app/runtime';
import { ChatModule } from './chat.module.js';

await startService({ name: 'chat', module: ChatModule, accounts: true });
