import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { KeepErrorsFilter } from './keep-errors.filter.js';

/**
 * Makes a controller's method the handler of topics: `(batch: StreamBatch) => Promise<BatchOutcome | void>`, with the
 * promises of {@link BatchHandler}. Its errors reach the {@link StreamServer} with their class.
 */
export function OnBatch(...topics: readonly string[]): MethodDecorator {
  return applyDecorators(EventPattern([...topics]), UseFilters(KeepErrorsFilter));
}
