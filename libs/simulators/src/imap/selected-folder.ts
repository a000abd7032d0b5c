import type { SimulatedMailbox, StoredMail } from './simulated-mailbox.js';

/** A folder as one session sees it: sequence numbers stay put until the session has been told. */
export class SelectedFolder {
  private view: readonly StoredMail[];
  readonly uidValidity: number;

  constructor(
    readonly mailbox: SimulatedMailbox,
    readonly readOnly: boolean,
  ) {
    this.view = [...mailbox.messages];
    this.uidValidity = mailbox.uidValidity;
  }

  /** Mails that the session knows of, in order of their sequence numbers. */
  get mails(): readonly StoredMail[] {
    return this.view;
  }

  /** Whether the folder was made anew, so that the session's UIDs mean nothing any more. */
  get isStale(): boolean {
    return this.mailbox.uidValidity !== this.uidValidity;
  }

  /** Brings the view up to date. @returns untagged lines that tell the session: EXPUNGE from the end, then EXISTS */
  catchUp(): readonly string[] {
    const alive = new Set(this.mailbox.messages.map(({ uid }) => uid));
    const gone = this.view.flatMap(({ uid }, index) => (alive.has(uid) ? [] : [index + 1])).reverse();
    const grown = this.mailbox.messages.length > this.view.length - gone.length;
    this.view = [...this.mailbox.messages];
    return [...gone.map((place) => `* ${place} EXPUNGE`), ...(grown ? [`* ${this.view.length} EXISTS`] : [])];
  }
}
