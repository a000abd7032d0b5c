import { Inject, Injectable } from '@nestjs/common';
import { GraphRepository, HistoryRepository, publicId } from '@app/persistence';
import { CustomersService } from '../customers/customers.service.js';
import { ProblemError } from '../http/problem.js';
import { carryOut, decisionOf } from './deciding.js';
import type { DecisionResult } from './decision.schema.js';
import type { DistinctList } from './history.schema.js';
import type { AllowRequest, ForbidRequest } from './request.schema.js';

/** Decisions that the list shows. */
const LISTED = 200;

/** Which customers are never one person. */
@Injectable()
export class DistinctService {
  constructor(
    @Inject(GraphRepository) private readonly graph: GraphRepository,
    @Inject(HistoryRepository) private readonly history: HistoryRepository,
    @Inject(CustomersService) private readonly customers: CustomersService,
  ) {}

  async list(customerId: string): Promise<DistinctList> {
    const customer = await this.customers.find(customerId);
    const rows = await this.history.distinctFrom(customer.canonical_id, LISTED);
    return {
      customer_id: publicId.customer(customer.id),
      canonical_id: publicId.customer(customer.canonical_id),
      distinct_from: rows.map((row) => ({
        customer_id: publicId.customer(row.customer_id),
        ref: row.ref,
        ...(row.display_name === null ? {} : { display_name: row.display_name }),
        author: row.actor,
        reason: row.reason,
        at: row.at.toISOString(),
      })),
    };
  }

  /** Two customers are never one person. Saying so again changes nothing. */
  async forbid(oneId: string, otherId: string, body: ForbidRequest, requestId: string): Promise<DecisionResult> {
    const [one, other] = [await this.customers.find(oneId), await this.customers.find(otherId)];
    const decision = decisionOf('forbid', { ...body, requestId });
    return await carryOut(
      { dryRun: false, concerned: [one.id, other.id] },
      async (options) => await this.graph.forbid(one.id, other.id, decision, options),
    );
  }

  /** Two customers may be one person after all. @throws ProblemError 404 when nobody said otherwise */
  async allow(oneId: string, otherId: string, body: AllowRequest, requestId: string): Promise<DecisionResult> {
    const [one, other] = [await this.customers.find(oneId), await this.customers.find(otherId)];
    const decision = decisionOf('allow', { ...body, requestId });
    return await carryOut({ dryRun: false, concerned: [one.id, other.id] }, async (options) => {
      const outcome = await this.graph.allow(one.canonical_id, other.canonical_id, decision, options);
      if (!outcome.ok && outcome.refusal.code === 'nothing-to-undo') throw new ProblemError('not-found');
      return outcome;
    });
  }
}
