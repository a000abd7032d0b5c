import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { profileAccessOf, type ProfileAccess } from '@app/channels';
import { ACCOUNTS, AppError, cleanText, LOGGER, Metrics, type ChannelAccount, type Logger } from '@app/kernel';
import { ProfileRepository, type ProfileFacts, type ProfileLookup } from '@app/persistence';
import { WorkLoop } from '@app/runtime';
import { KeepTokensService } from '../keep-tokens/keep-tokens.service.js';
import { AvatarKeeper } from './avatar-keeper.js';
import { MEDIA_CLIENT, type MediaClient } from '../fetch-media/fetch-media.service.js';

/** Providers count calls: so many a second at most, for all accounts together. */
const AT_ONCE = 4;
const LEASE_MS = 120_000;
const LOOK_MS = 1_000;
const FIND_MS = 10_000;
const DAY_MS = 86_400_000;
/** Names change; nobody minds an old one for so long. */
const KNOWN_FOR_MS = 30 * DAY_MS;
/** After a refusal: the person never wrote, or the token may not ask. */
const REFUSED_FOR_MS = DAY_MS;
const FIRST_RETRY_MS = 60_000;
const MAX_CHARS = 1_000;

interface Source {
  readonly account: ChannelAccount;
  readonly access: ProfileAccess;
}

const fit = (text: string): string => cleanText(text, { nul: 'remove', maxChars: MAX_CHARS }).text.trim();

/**
 * Asks providers for the names and pictures of people whom their messages only number, after the messages stand. Only accounts that say
 * `profiles: true` are asked for.
 *
 * Guarantee: none; a name is a convenience. What is erased while it is asked about stays erased.
 */
@Injectable()
export class FetchProfilesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sources: readonly Source[];
  private readonly loops: readonly WorkLoop[];

  constructor(
    @Inject(ProfileRepository) private readonly profiles: ProfileRepository,
    @Inject(MEDIA_CLIENT) private readonly client: MediaClient,
    @Inject(KeepTokensService) private readonly tokens: Pick<KeepTokensService, 'withToken'>,
    @Inject(AvatarKeeper) private readonly avatars: Pick<AvatarKeeper, 'keep'>,
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.sources = accounts.flatMap((account) => {
      const access = account.settings['profiles'] === true ? profileAccessOf(account) : undefined;
      return access === undefined ? [] : [{ account, access }];
    });
    this.loops = [
      new WorkLoop({ name: 'find-people', work: () => this.findNew(), idleMs: FIND_MS, logger }),
      new WorkLoop({ name: 'fetch-profiles', work: () => this.fetchDue(), idleMs: LOOK_MS, logger }),
    ];
  }

  onApplicationBootstrap(): void {
    if (this.sources.length > 0) for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.sources.length > 0) await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Looks through identities that are new since. @returns false */
  async findNew(): Promise<boolean> {
    await this.profiles.findNew(
      this.sources.map(({ account, access }) => ({ kind: access.kind, scope: access.scopeOf(account) })),
    );
    return false;
  }

  /** Asks for what is due. @returns false: the next look comes after a wait, so that the rate holds */
  async fetchDue(): Promise<boolean> {
    const lookups = await this.profiles.claim(AT_ONCE, LEASE_MS);
    await Promise.all(lookups.map(async (lookup) => await this.fetch(lookup)));
    return false;
  }

  /** The account with a token that is good now; whoever keeps tokens tells why there is none. */
  private async accountOf(account: ChannelAccount): Promise<ChannelAccount | 'later'> {
    try {
      return await this.tokens.withToken(account);
    } catch (error) {
      if (error instanceof AppError) return 'later';
      throw error;
    }
  }

  private async fetch(lookup: ProfileLookup): Promise<void> {
    const source = this.sources.find(
      ({ account, access }) => access.kind === lookup.kind && access.scopeOf(account) === lookup.scope,
    );
    const account = source === undefined ? undefined : await this.accountOf(source.account);
    if (account === 'later') return await this.profiles.askAgain(lookup.identity_id, FIRST_RETRY_MS);
    const request = account === undefined ? undefined : source?.access.requestFor(lookup.value, account);
    if (source === undefined || request === undefined)
      return await this.profiles.askAgain(lookup.identity_id, KNOWN_FOR_MS);
    const count = (outcome: string): void => this.metrics.profilesFetched.inc({ account: source.account.id, outcome });
    const answer = await this.client.download({ ...request, hosts: source.access.hosts });
    if (!answer.ok) {
      count(answer.outcome);
      const again = answer.outcome === 'retry' ? retryMs(lookup, answer.retryAfterMs) : REFUSED_FOR_MS;
      return await this.profiles.askAgain(lookup.identity_id, again);
    }
    const facts = source.access.read(answer.bytes);
    count(facts === undefined ? 'refused' : 'known');
    if (facts === undefined) return await this.profiles.askAgain(lookup.identity_id, REFUSED_FOR_MS);
    await this.profiles.keep(lookup.identity_id, fitting(facts));
    const picture = await this.picture(lookup, facts, source.access);
    await this.profiles.askAgain(lookup.identity_id, picture === 'later' ? retryMs(lookup) : KNOWN_FOR_MS);
  }

  private async picture({ identity_id: id }: ProfileLookup, { avatar }: ProfileFacts, { avatarHosts }: ProfileAccess) {
    if (avatar === undefined || avatarHosts === undefined) return undefined;
    return await this.avatars.keep(id, { url: avatar, hosts: avatarHosts });
  }
}

/** Ever longer, and never sooner than the provider says. */
const retryMs = ({ attempts }: ProfileLookup, retryAfterMs = 0): number =>
  Math.max(Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts, 10), REFUSED_FOR_MS), retryAfterMs);

function fitting(facts: ProfileFacts): ProfileFacts {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, fit(value)]])),
  );
}
