import { identityOfContact, nameKey, type AssessmentOptions } from '@app/identity';
import { ConfigError, deriveKey, type ChannelAccount, type Config } from '@app/kernel';
import type { PlanOptions } from './plan-batch.js';

/** What an installation decides about identities; the same for every batch. */
export class IdentityPolicy implements PlanOptions, AssessmentOptions {
  private constructor(
    readonly hmacKey: Buffer,
    readonly joiningRules: ReadonlySet<string>,
    readonly ownValues: ReadonlySet<string>,
  ) {}

  /**
   * @param accounts as far as this process knows them; their addresses and numbers are ours
   * @throws ConfigError naming each own contact that cannot be read
   */
  static of(
    config: Pick<Config, 'OMNILINE_JOINING_RULES' | 'OMNILINE_OWN_CONTACTS'>,
    installationSecret: string,
    accounts: readonly ChannelAccount[] = [],
  ): IdentityPolicy {
    const stated = config.OMNILINE_OWN_CONTACTS.map((text) => ({ text, name: identityOfContact(text) }));
    const problems = stated.filter(({ name }) => name === undefined);
    if (problems.length > 0) {
      throw new ConfigError(problems.map(({ text }) => `OMNILINE_OWN_CONTACTS: ${text} is no number and no address`));
    }
    const names = [
      ...stated.map(({ name }) => name),
      ...accounts.map((account) => identityOfContact(account.externalId)),
    ];
    return new IdentityPolicy(
      deriveKey(installationSecret, 'identity-key'),
      new Set(config.OMNILINE_JOINING_RULES),
      new Set(names.flatMap((name) => (name === undefined ? [] : [nameKey(name.kind, '', name.value)]))),
    );
  }
}
