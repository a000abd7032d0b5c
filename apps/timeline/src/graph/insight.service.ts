import { Inject, Injectable } from '@nestjs/common';
import { ExplainRepository, publicId, SuggestionsRepository } from '@app/persistence';
import { CustomersService } from '../customers/customers.service.js';
import { ProblemError } from '../http/problem.js';
import type { SuggestionList } from './suggestion.schema.js';
import { toSuggestions } from './suggestions.mapper.js';
import { toExplanation } from './why.mapper.js';
import type { Why } from './why.schema.js';

/** Why people are one or two, and who may be one as well. It changes nothing. */
@Injectable()
export class InsightService {
  constructor(
    @Inject(ExplainRepository) private readonly explain: ExplainRepository,
    @Inject(SuggestionsRepository) private readonly suggestions: SuggestionsRepository,
    @Inject(CustomersService) private readonly customers: CustomersService,
  ) {}

  /** Between the identities with which two customers were born; merged ones are welcome. */
  async why(customerId: string, otherId: string): Promise<Why> {
    const [one, other] = [await this.customers.find(customerId), await this.customers.find(otherId, '/other')];
    const found = await this.explain.between(one.id, other.id);
    if (found === undefined) throw new ProblemError('not-found');
    return {
      customer_id: publicId.customer(one.id),
      other_customer_id: publicId.customer(other.id),
      ...toExplanation(found, one.canonical_id),
    };
  }

  async suggest(customerId: string): Promise<SuggestionList> {
    const customer = await this.customers.find(customerId);
    return {
      customer_id: publicId.customer(customer.id),
      canonical_id: publicId.customer(customer.canonical_id),
      suggestions: [...toSuggestions(await this.suggestions.find(customer.canonical_id), customer.canonical_id)],
    };
  }
}
