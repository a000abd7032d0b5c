import { idOf, objectOf, type JsonObject } from '../shared/index.js';

/** One update: its number, and the one thing that it tells. */
export interface TelegramUpdate {
  readonly id: string;
  /** Name of the field that says what happened, for example `edited_message`. */
  readonly field: string;
  readonly value: JsonObject;
}

/**
 * @returns undefined when the body is no update
 * @see Telegram Bot API, "Update": exactly one field stands beside `update_id`
 */
export function readUpdate(body: unknown): TelegramUpdate | undefined {
  const update = objectOf(body);
  const id = idOf(update?.['update_id']);
  if (update === undefined || id === undefined) return undefined;
  for (const [field, content] of Object.entries(update)) {
    const value = objectOf(content);
    if (field !== 'update_id' && value !== undefined) return { id, field: field.slice(0, 64), value };
  }
  return undefined;
}
