import { startService } from '@app/runtime';
import { TimelineModule } from './timeline.module.js';

await startService({ name: 'timeline', module: TimelineModule, database: true });
