import { Inject, Injectable } from '@nestjs/common';
import { GraphRepository, publicId, SuggestionsRepository } from '@app/persistence';
import { CustomersService } from '../customers/customers.service.js';
import { invalid } from '../http/problem.js';
import { carryOut, decisionOf, movesOf } from './deciding.js';
import { customersOf, toDecision } from './decision.mapper.js';
import type { DecisionResult, MergeResult, RollbackResult } from './decision.schema.js';
import { numberOf } from './ids.js';
import { toObjection } from './objections.js';
import type { MergeRequest, RollbackRequest, SplitRequest, UndoRequest } from './request.schema.js';

/** Moves that the answer to a rollback lists. */
const LISTED_MOVES = 100;

/** Joins people, parts them, and takes both back. A refusal changes nothing. */
@Injectable()
export class MergesService {
  constructor(
    @Inject(GraphRepository) private readonly graph: GraphRepository,
    @Inject(SuggestionsRepository) private readonly suggestions: SuggestionsRepository,
    @Inject(CustomersService) private readonly customers: CustomersService,
  ) {}

  /** @throws ProblemError 404, 409, 410; with `/into` where that one is to blame */
  async merge(fromId: string, body: MergeRequest, requestId: string): Promise<MergeResult> {
    const from = await this.customers.find(fromId);
    const into = await this.customers.find(body.into, '/into');
    const objections = await this.suggestions.objections(from.canonical_id, [into.canonical_id]);
    const decision = decisionOf('merge', { ...body, requestId });
    const result = await carryOut(
      {
        dryRun: body.dry_run,
        concerned: [into.id, from.id],
        other: { id: into.id, pointer: '/into' },
      },
      async (options) => await this.graph.merge(from.id, into.id, decision, options),
    );
    const survivor = result.customers.find((one) => one.customer_id === publicId.customer(into.id))!;
    return { ...result, survivor, evidence_against: objections.map(toObjection) };
  }

  /** @throws ProblemError 404, 409, 410; 422 for identities of somebody else, or when nobody would stay */
  async split(customerId: string, body: SplitRequest, requestId: string): Promise<DecisionResult> {
    const { id } = await this.customers.find(customerId);
    const parted = [...new Set(body.identity_ids.map((identity) => numberOf('identity', identity)))];
    const decision = decisionOf('split', { ...body, requestId });
    return await carryOut({ dryRun: body.dry_run, concerned: [id] }, async (options) => {
      const outcome = await this.graph.split(id, parted, decision, { ...options, forbid: body.forbid });
      if (!outcome.ok && outcome.refusal.code === 'nothing-to-undo') {
        throw invalid('/identity_ids', 'all_of_customer', 'at least one identity has to stay');
      }
      return outcome;
    });
  }

  /** @throws ProblemError 404, 409 */
  async undo(mergeId: string, body: UndoRequest, requestId: string): Promise<DecisionResult> {
    const number = numberOf('merge', mergeId);
    const decision = decisionOf('undo', { ...body, requestId });
    return await carryOut(
      { dryRun: body.dry_run },
      async (options) => await this.graph.undo(number, decision, options),
    );
  }

  /** Takes back everything that a rule or a batch joined. @throws ProblemError 409 */
  async rollBack(body: RollbackRequest, requestId: string): Promise<RollbackResult> {
    const since = body.since === undefined ? undefined : new Date(body.since);
    const outcome = await this.graph.rollBack(
      { rule: body.rule, batchId: body.batch_id, since },
      decisionOf('rollback', { ...body, requestId }),
      { dryRun: body.dry_run },
    );
    const moves = movesOf(outcome);
    const identities = moves.flatMap((move) => move.identities.map(({ id }) => id));
    return {
      ...toDecision(moves.slice(0, LISTED_MOVES), body.dry_run),
      counts: {
        moves: moves.length,
        identities: new Set(identities).size,
        customers: customersOf(moves).length,
      },
    };
  }
}
