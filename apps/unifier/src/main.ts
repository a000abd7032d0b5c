import { startService } from '@app/runtime';
import { UNIFIER } from './consumption.js';
import { UnifierModule } from './unifier.module.js';

await startService({ name: 'unifier', module: UnifierModule, database: true, consumption: UNIFIER });
