import { Inject, Injectable } from '@nestjs/common';
import { GraphRepository, publicId, SharingRepository, type SpeakerRefusal } from '@app/persistence';
import { CustomersService } from '../customers/customers.service.js';
import { invalid, ProblemError } from '../http/problem.js';
import { carryOut, decisionOf } from './deciding.js';
import type { DecisionResult, Speaker } from './decision.schema.js';
import { conversationUuid, numberOf } from './ids.js';
import type { ShareRequest, SpeakerRequest } from './request.schema.js';

/** Identities that several people use, and who speaks there. */
@Injectable()
export class SharingService {
  constructor(
    @Inject(GraphRepository) private readonly graph: GraphRepository,
    @Inject(SharingRepository) private readonly sharing: SharingRepository,
    @Inject(CustomersService) private readonly customers: CustomersService,
  ) {}

  /** Several people use an identity, or one does. Saying what is so already changes nothing. */
  async share(identityId: string, body: ShareRequest, requestId: string): Promise<DecisionResult> {
    const number = numberOf('identity', identityId);
    const place = await this.sharing.placeOf(number);
    if (place === undefined) throw new ProblemError('not-found');
    if (place.state === 'erased') throw new ProblemError('customer-erased');
    if (place.state === (body.shared ? 'shared' : 'active')) {
      const owner = await this.customers.one(publicId.customer(place.customer_id));
      return { dry_run: body.dry_run, moves: [], customers: [owner] };
    }
    const decision = decisionOf('share', { ...body, requestId });
    return await carryOut({ dryRun: body.dry_run, concerned: [place.customer_id] }, async (options) => {
      const outcome = await this.graph.share(number, body.shared, decision, options);
      if (!outcome.ok && outcome.refusal.code === 'unknown-identity') throw new ProblemError('not-found');
      return outcome;
    });
  }

  /** @throws ProblemError 404; 409 for a conversation of one person; 422 for a speaker that is nobody */
  async nameSpeaker(conversationId: string, body: SpeakerRequest): Promise<Speaker> {
    const speaker = body.identity_id === null ? null : numberOf('identity', body.identity_id);
    const outcome = await this.sharing.nameSpeaker(conversationUuid(conversationId), speaker);
    if (!outcome.ok) throw speakerProblem(outcome.refusal);
    const { conversation: row } = outcome;
    return {
      conversation_id: publicId.conversation(row.conversation_id),
      identity_id: publicId.identity(row.identity_id),
      ...(row.speaker_identity_id === null ? {} : { speaker_identity_id: publicId.identity(row.speaker_identity_id) }),
    };
  }
}

function speakerProblem(refusal: SpeakerRefusal): ProblemError {
  switch (refusal) {
    case 'unknown-conversation':
      return new ProblemError('not-found');
    case 'not-shared':
      return new ProblemError('identity-not-shared');
    case 'unknown-speaker':
      return invalid('/identity_id', 'unknown_identity', 'expected an identity that one person uses');
  }
}
