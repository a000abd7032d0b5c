import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { HistoryRepository, publicId, type HistoryRow } from '@app/persistence';
import { CustomersService } from '../customers/customers.service.js';
import { Cursors, type CursorScope } from '../http/cursor.js';
import type { MergeHistory } from './history.schema.js';

const placeSchema = z.object({ id: z.string().regex(/^\d{1,18}$/) });
const SYSTEM = 'system';

function toRecord(row: HistoryRow): MergeHistory['merges'][number] {
  return {
    merge_id: publicId.merge(row.id),
    op: row.op,
    from_customer_id: publicId.customer(row.from_customer),
    to_customer_id: publicId.customer(row.to_customer),
    identity_ids: row.moved.map(publicId.identity),
    rule: row.rule,
    trust: row.trust,
    actor: row.actor === SYSTEM ? { type: SYSTEM } : { type: 'agent', id: row.actor },
    ...(row.reason === null ? {} : { reason: row.reason }),
    at: row.at.toISOString(),
    batch_id: row.batch_id,
    ...(row.undoes === null ? {} : { undoes: publicId.merge(row.undoes) }),
    ...(row.undone_by === null ? {} : { undone_by: publicId.merge(row.undone_by) }),
  };
}

/** How customers came together and parted. */
@Injectable()
export class HistoryService {
  constructor(
    @Inject(HistoryRepository) private readonly history: HistoryRepository,
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** Newest first. The cursor belongs to the customer asked for, so that a merge between two pages does not break it. */
  async page(customerId: string, limit: number, cursor: string | undefined): Promise<MergeHistory> {
    const customer = await this.customers.find(customerId);
    const scope: CursorScope = { use: 'merges', filter: customer.id };
    const before = cursor === undefined ? undefined : this.cursors.open(scope, cursor, placeSchema, '/cursor').id;
    const rows = await this.history.merges(customer.canonical_id, limit + 1, before);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      customer_id: publicId.customer(customer.id),
      canonical_id: publicId.customer(customer.canonical_id),
      merges: shown.map(toRecord),
      ...(rows.length > limit && last !== undefined ? { next_cursor: this.cursors.seal(scope, { id: last.id }) } : {}),
    };
  }
}
