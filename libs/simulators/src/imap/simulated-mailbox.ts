import { EventEmitter } from 'node:events';

/** A mail as the mailbox keeps it. */
export interface StoredMail {
  readonly uid: number;
  readonly raw: Buffer;
  readonly internalDate: Date;
  readonly flags: Set<string>;
}

/** How a mail enters the mailbox. */
export interface AppendOptions {
  readonly internalDate?: Date;
  readonly flags?: readonly string[];
}

/**
 * A folder in memory. UIDs ascend and are never used again under one UIDVALIDITY.
 *
 * Emits `change` after every append, expunge and recreation.
 */
export class SimulatedMailbox extends EventEmitter<{ change: [] }> {
  private mails: StoredMail[] = [];
  private nextUid = 1;

  /** @param uidValidity must be higher than that of every earlier folder of this name */
  constructor(
    readonly name: string,
    public uidValidity: number,
  ) {
    super();
  }

  /** Mails in the order of their UIDs. */
  get messages(): readonly StoredMail[] {
    return this.mails;
  }

  get uidNext(): number {
    return this.nextUid;
  }

  /** @returns the UID */
  append(raw: Buffer, { internalDate = new Date(), flags = [] }: AppendOptions = {}): number {
    const uid = this.nextUid;
    this.nextUid += 1;
    this.mails.push({ uid, raw, internalDate, flags: new Set(flags) });
    this.emit('change');
    return uid;
  }

  /** Removes mails, as another client would. */
  expunge(uids: readonly number[]): void {
    this.mails = this.mails.filter(({ uid }) => !uids.includes(uid));
    this.emit('change');
  }

  /** Makes the folder anew, as a restore does: the same mails have new UIDs under a new UIDVALIDITY. */
  recreate(): void {
    this.uidValidity += 1;
    this.mails = this.mails.map((mail, index) => ({ ...mail, uid: index + 1 }));
    this.nextUid = this.mails.length + 1;
    this.emit('change');
  }
}
