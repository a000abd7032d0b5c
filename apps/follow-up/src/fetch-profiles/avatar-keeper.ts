import { hash } from 'node:crypto';
import { judgeMedia, type Download, type MediaStore } from '@app/media';
import type { AvatarRepository } from '@app/persistence';
import type { MediaClient } from '../fetch-media/fetch-media.service.js';

/** Larger ones are no pictures of a person. */
const MAX_BYTES = 2 * 1024 * 1024;
/** What a browser shows in place and runs nothing of. */
const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif)$/;

/** What came of a picture; `later`: it may be had another time. */
export type AvatarOutcome = 'kept' | 'refused' | 'later';

/** Where a picture is said to be, and who may hand it out. */
export interface AvatarSource {
  readonly url: string;
  /** Domains of the provider. */
  readonly hosts: readonly string[];
}

const outcomeOf = ({ outcome }: Extract<Download, { ok: false }>): AvatarOutcome =>
  outcome === 'retry' ? 'later' : 'refused';

/**
 * Fetches pictures of people and keeps them as attachments are kept: through the guarded client, judged by content, under
 * their digest. Addresses of providers end within days, and would tell them who looks at whom.
 */
export class AvatarKeeper {
  constructor(
    private readonly client: MediaClient,
    private readonly avatars: AvatarRepository,
    private readonly store: MediaStore,
  ) {}

  /** @throws Error of the store or the database; a repeat changes nothing */
  async keep(identityId: string, { url, hosts }: AvatarSource): Promise<AvatarOutcome> {
    const answer = await this.client.download({ url, hosts });
    if (!answer.ok) return outcomeOf(answer);
    const { bytes } = answer;
    const judgement = await judgeMedia(bytes);
    if (bytes.length > MAX_BYTES || !judgement.keep || !PICTURE.test(judgement.mediaType)) return 'refused';
    const digest = hash('sha256', bytes);
    await this.avatars.refer(identityId, { digest, mediaType: judgement.mediaType, sizeBytes: bytes.length });
    await this.store.put(digest, bytes);
    return 'kept';
  }
}
