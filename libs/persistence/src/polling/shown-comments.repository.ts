import { entryId } from '@app/contracts';
import type { Database, NamedStatement } from '../database.js';

/** A comment as its timeline has it. */
export interface ShownComment {
  /** Undefined when it has no words, or none any more. */
  readonly text: string | undefined;
  readonly revision: number;
  readonly isDeleted: boolean;
}

const SHOWN: NamedStatement = {
  name: 'polled-shown',
  text: `SELECT id, revision, coalesce(changes #>> '{content,text}', body #>> '{content,text}') AS text,
           coalesce(changes ->> 'state' = 'deleted_by_sender', false) AS is_deleted
         FROM entry WHERE id = ANY($1::uuid[])`,
};

/** What timelines have of comments, for a provider that does not say when a comment was changed. */
export class ShownCommentsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the named that are on a timeline, by the provider's id; what is still on the stream is not. */
  async shown(accountId: string, messageIds: readonly string[]): Promise<ReadonlyMap<string, ShownComment>> {
    if (messageIds.length === 0) return new Map();
    const byEntry = new Map(messageIds.map((id) => [entryId(accountId, 'comment', id), id]));
    const rows = await this.database.query<{
      readonly id: string;
      readonly revision: number;
      readonly text: string | null;
      readonly is_deleted: boolean;
    }>(SHOWN, [[...byEntry.keys()]]);
    return new Map(
      rows.map(({ id, revision, text, is_deleted: isDeleted }) => [
        byEntry.get(id)!,
        { text: text ?? undefined, revision, isDeleted },
      ]),
    );
  }
}
