import { startService } from '@app/runtime';
import { VoiceModule } from './voice.module.js';

await startService({ name: 'voice', module: VoiceModule, accounts: true });
