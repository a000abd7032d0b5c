/** When a connection breaks: on receiving a command, in the middle of its answer, or with its effect done but unanswered. */
export type DropMoment = 'before' | 'midway' | 'after';

/** One break of the line that is still to come. */
export interface LineDrop {
  /** Command as `UID FETCH`, or `GREETING`. */
  readonly command: string;
  readonly moment: DropMoment;
}

/** Breaks that a test or a demonstration has ordered; each happens once. */
export class LineDrops {
  private readonly waiting: LineDrop[] = [];

  order(command: string, moment: DropMoment): void {
    this.waiting.push({ command: command.toUpperCase(), moment });
  }

  /** Takes the break that is due for a command, if there is one. */
  take(command: string): DropMoment | undefined {
    const index = this.waiting.findIndex((drop) => drop.command === command);
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]?.moment;
  }

  /** Number of breaks that have not happened yet. */
  get pending(): number {
    return this.waiting.length;
  }
}
