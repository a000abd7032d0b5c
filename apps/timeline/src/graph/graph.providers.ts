import { DistinctController } from './distinct.controller.js';
import { DistinctService } from './distinct.service.js';
import { HistoryService } from './history.service.js';
import { InsightController } from './insight.controller.js';
import { InsightService } from './insight.service.js';
import { MergesController } from './merges.controller.js';
import { MergesService } from './merges.service.js';
import { SharingController } from './sharing.controller.js';
import { SharingService } from './sharing.service.js';

/** Everything about who is who, for the module of the service. */
export const GRAPH_CONTROLLERS = [MergesController, DistinctController, SharingController, InsightController];
export const GRAPH_SERVICES = [MergesService, HistoryService, DistinctService, SharingService, InsightService];
