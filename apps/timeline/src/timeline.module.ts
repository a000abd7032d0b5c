import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { mediaStoreProvider } from '@app/media';
import {
  AvatarRepository,
  CustomersRepository,
  Database,
  EpochsRepository,
  ErasureRepository,
  EventFeedRepository,
  ExplainRepository,
  ExportRepository,
  GraphRepository,
  HistoryRepository,
  SharingRepository,
  SuggestionsRepository,
  TimelineRepository,
} from '@app/persistence';
import { ContractController } from './contract/contract.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { CustomersService } from './customers/customers.service.js';
import { EntriesController } from './entries/entries.controller.js';
import { TimelineService } from './entries/timeline.service.js';
import { EventFeedService } from './events/event-feed.service.js';
import { EventStreamService } from './events/event-stream.service.js';
import { EventsController } from './events/events.controller.js';
import { EventsService } from './events/events.service.js';
import { DEFAULT_STREAM_SETTINGS, LiveReaders, STREAM_SETTINGS } from './events/live-readers.js';
import { GRAPH_CONTROLLERS, GRAPH_SERVICES } from './graph/graph.providers.js';
import { Cursors } from './http/cursor.js';
import { IdentitiesController } from './identities/identities.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestIds } from './http/request-id.js';
import { PrivacyController } from './privacy/privacy.controller.js';
import { PrivacyService } from './privacy/privacy.service.js';

const REPOSITORIES = [
  AvatarRepository,
  CustomersRepository,
  TimelineRepository,
  EventFeedRepository,
  GraphRepository,
  HistoryRepository,
  SharingRepository,
  ExplainRepository,
  SuggestionsRepository,
  ErasureRepository,
  EpochsRepository,
  ExportRepository,
] as const;

/**
 * The door for people and programs: everything below `/v1`. It needs the global `KernelModule` and `PersistenceModule`,
 * and leaves every other address of the process alone.
 */
@Module({
  controllers: [
    CustomersController,
    ...GRAPH_CONTROLLERS,
    PrivacyController,
    EntriesController,
    IdentitiesController,
    EventsController,
    ContractController,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: STREAM_SETTINGS, useValue: DEFAULT_STREAM_SETTINGS },
    ...REPOSITORIES.map((repository) => ({
      provide: repository,
      useFactory: (database: Database) => new repository(database),
      inject: [Database],
    })),
    RequestIds,
    Cursors,
    CustomersService,
    ...GRAPH_SERVICES,
    PrivacyService,
    TimelineService,
    mediaStoreProvider,
    EventFeedService,
    EventsService,
    EventStreamService,
    LiveReaders,
  ],
})
export class TimelineModule {}
