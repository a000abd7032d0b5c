import { Inject, Injectable } from '@nestjs/common';
import {
  EpochsRepository,
  ErasureRepository,
  ExportRepository,
  publicId,
  TimelineRepository,
  toTimelineEntry,
  type Erasure,
  type TimelinePlace,
} from '@app/persistence';
import { toCustomer } from '../customers/customer.mapper.js';
import { CustomersService } from '../customers/customers.service.js';
import { numberOf } from '../graph/ids.js';
import { ProblemError } from '../http/problem.js';
import type { EpochRequest, EpochResult, ErasureRequest, ErasureResult } from './erasure.schema.js';

const PAGE_ENTRIES = 200;

const toResult = (erasure: Erasure): ErasureResult => ({
  erasure_id: publicId.erasure(erasure.id),
  dry_run: false,
  customer_id: publicId.customer(erasure.customerId),
  identity_ids: erasure.identityIds.map((id) => publicId.identity(id)),
  effective_at: erasure.effectiveAt.toISOString(),
});

/** What people may ask about what is held of them: to have it, and to have it gone. */
@Injectable()
export class PrivacyService {
  constructor(
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(ErasureRepository) private readonly erasures: ErasureRepository,
    @Inject(EpochsRepository) private readonly epochs: EpochsRepository,
    @Inject(ExportRepository) private readonly exports: ExportRepository,
    @Inject(TimelineRepository) private readonly timelines: TimelineRepository,
  ) {}

  /** @throws ProblemError 404, 409 for a merged one, 410 for one that was erased before */
  async erase(customerId: string, body: ErasureRequest, requestId: string): Promise<ErasureResult> {
    const { id } = await this.customers.find(customerId);
    if (body.dry_run) {
      const preview = await this.erasures.preview(id);
      return {
        dry_run: true,
        customer_id: publicId.customer(id),
        identity_ids: preview.identityIds.map((identity) => publicId.identity(identity)),
        entries: preview.entries,
      };
    }
    const outcome = await this.erasures.erase(id, {
      actor: body.author,
      reason: body.reason ?? null,
      correlationId: requestId,
    });
    if (outcome.ok) return toResult(outcome.erasure);
    switch (outcome.code) {
      case 'unknown-customer':
        throw new ProblemError('not-found');
      case 'customer-erased':
        throw new ProblemError('customer-erased');
      case 'customer-merged':
        throw new ProblemError('customer-merged', {
          members: { canonical_id: publicId.customer(outcome.canonicalId) },
        });
    }
  }

  /** @throws ProblemError 404 */
  async erasure(id: string): Promise<ErasureResult> {
    const uuid = /^ers_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(id)?.[1];
    const erasure = uuid === undefined ? undefined : await this.erasures.find(uuid);
    if (erasure === undefined) throw new ProblemError('not-found');
    return toResult(erasure);
  }

  /** @throws ProblemError 404; 409 for what no other person can get, and for a time that has ended */
  async endEpoch(identityId: string, body: EpochRequest): Promise<EpochResult> {
    const outcome = await this.epochs.end(numberOf('identity', identityId), new Date(body.from));
    if (outcome.ok) {
      return { identity_id: publicId.identity(outcome.identityId), valid_to: outcome.endedAt.toISOString() };
    }
    if (outcome.code === 'unknown-identity') throw new ProblemError('not-found');
    throw new ProblemError(outcome.code === 'epoch-ended' ? 'epoch-ended' : 'identity-not-recyclable');
  }

  /**
   * Everything that is held about a customer, a JSON object for each: `type` tells what it is. Entries come newest first,
   * each followed by the bytes that belong to it.
   */
  async *export(customerId: string): AsyncGenerator<Record<string, unknown>> {
    const found = await this.customers.find(customerId);
    const customer = await this.customers.find(publicId.customer(found.canonical_id));
    yield { type: 'customer', customer: toCustomer(customer) };
    for (const { type, record } of await this.exports.held(customer.id)) yield { type, [type]: record };
    let before: TimelinePlace | undefined;
    for (;;) {
      const page = await this.timelines.page(customer.id, PAGE_ENTRIES, before);
      for (const row of page) yield { type: 'entry', entry: toTimelineEntry(row) };
      for (const { id, media_type, bytes } of await this.exports.bytesOf(page.map((row) => row.id))) {
        yield { type: 'bytes', id, media_type, base64: bytes.toString('base64') };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_ENTRIES) return;
      before = { at: last.place, id: last.id };
    }
  }
}
