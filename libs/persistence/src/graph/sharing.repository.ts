import type { Database, Queryable } from '../database.js';
import { underStructureLock } from './regroup.js';

/** A conversation and who is said to speak in it. */
export interface SpeakerRow {
  readonly conversation_id: string;
  readonly identity_id: string;
  readonly speaker_identity_id: string | null;
}

/** Where an identity is, and whether it is one person's. */
export interface IdentityPlace {
  readonly customer_id: string;
  readonly state: 'active' | 'shared' | 'blocked' | 'retired' | 'erased';
}

/** Why no speaker was named. */
export type SpeakerRefusal = 'unknown-conversation' | 'not-shared' | 'unknown-speaker';

/** What became of naming a speaker. */
export type SpeakerOutcome =
  { readonly ok: true; readonly conversation: SpeakerRow } | { readonly ok: false; readonly refusal: SpeakerRefusal };

/** Identities that several people use, and who speaks in their conversations. */
export class SharingRepository {
  constructor(private readonly database: Database) {}

  /** @returns undefined for an identity that there is not */
  async placeOf(identityId: string): Promise<IdentityPlace | undefined> {
    const [row] = await this.database.query<IdentityPlace>(
      'SELECT customer_id::text, state FROM identity WHERE id = $1',
      [identityId],
    );
    return row;
  }

  /**
   * Names the speaker of one conversation: "this is the daughter". It moves no entry and joins nobody.
   *
   * @param speakerId null: it is not known who speaks
   */
  async nameSpeaker(conversationId: string, speakerId: string | null): Promise<SpeakerOutcome> {
    return await underStructureLock(this.database, async (tx) => {
      const [owner] = await tx.query<{ id: string; state: string }>(
        'SELECT i.id::text, i.state FROM conversation v JOIN identity i ON i.id = v.identity_id WHERE v.id = $1',
        [conversationId],
      );
      if (owner === undefined || owner.state === 'erased') return { ok: false, refusal: 'unknown-conversation' };
      // What was said before may always be taken back, also when the identity is one person's again.
      if (owner.state !== 'shared' && speakerId !== null) return { ok: false, refusal: 'not-shared' };
      if (speakerId !== null && !(await isPerson(tx, speakerId, owner.id))) {
        return { ok: false, refusal: 'unknown-speaker' };
      }
      const [conversation] = await tx.query<SpeakerRow>(
        `UPDATE conversation SET speaker_identity_id = $2 WHERE id = $1
         RETURNING id AS conversation_id, identity_id::text, speaker_identity_id::text`,
        [conversationId, speakerId],
      );
      return { ok: true, conversation: conversation! };
    });
  }
}

/** A speaker is somebody: not the shared identity itself, and no other one that several people use. */
async function isPerson(tx: Queryable, id: string, sharedId: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 FROM identity WHERE id = $1 AND id <> $2 AND state = 'active'`, [id, sharedId]);
  return rows.length > 0;
}
