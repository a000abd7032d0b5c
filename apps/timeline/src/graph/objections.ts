import type { ObjectionFinding } from '@app/persistence';
import type { Statement } from './decision.schema.js';
import { byWhom, kindInWords } from './in-words.js';

/** What speaks against two customers' being one person, in words. */
export function toObjection(finding: ObjectionFinding): Statement {
  switch (finding.code) {
    case 'forbidden':
      return {
        code: 'forbidden',
        sentence: `Never one person${byWhom(finding.actor, finding.reason)}`,
        author: finding.actor,
        at: finding.at.toISOString(),
      };
    case 'parted':
      return {
        code: 'parted',
        sentence: `Parted${byWhom(finding.actor, finding.reason)}`,
        ...(finding.actor === null ? {} : { author: finding.actor }),
        ...(finding.at === null ? {} : { at: finding.at.toISOString() }),
      };
    case 'two_accounts':
      return {
        code: 'two_accounts',
        sentence: `One place knows them by two accounts (${kindInWords(finding.kind)}, ${finding.scope}), and a person has one there.`,
      };
  }
}
