import { hash } from 'node:crypto';
import type { MessagePart } from '@app/channels';

/** As long a delivery may be the same again. */
const REPEAT_MS = 600_000;
/** An answer that took longer may have come after the centre gave up on it. */
const PATIENCE_MS = 20_000;

/**
 * Deliveries of one connection whose answer the centre has: what looks alike afterwards is another message ("ok", "ok"). It ends
 * with the connection, because an answer may get lost with it.
 *
 * @see SMPP 3.4 numbers PDUs and not messages
 */
export class AnsweredDeliveries {
  private readonly answered = new Map<string, number>();

  has(part: Pick<MessagePart, 'setKey' | 'number' | 'payload'>, now: Date): boolean {
    this.forget(now);
    return this.answered.has(nameOf(part));
  }

  add(part: Pick<MessagePart, 'setKey' | 'number' | 'payload'>, arrivedAt: Date, now: Date): void {
    if (now.getTime() - arrivedAt.getTime() > PATIENCE_MS) return;
    const name = nameOf(part);
    this.answered.delete(name);
    this.answered.set(name, now.getTime());
  }

  /** The oldest stand first. */
  private forget(now: Date): void {
    for (const [name, at] of this.answered) {
      if (now.getTime() - at <= REPEAT_MS) return;
      this.answered.delete(name);
    }
  }
}

const nameOf = ({ setKey, number, payload }: Pick<MessagePart, 'setKey' | 'number' | 'payload'>): string =>
  hash('sha256', JSON.stringify([setKey, number, payload]));
