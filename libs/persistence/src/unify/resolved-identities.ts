/** One owner of a name: a number may have had several, one after the other. */
export interface IdentityEpoch {
  readonly key_hash: string;
  readonly id: string;
  readonly epoch: number;
  /** When it ended; null: it is the present one. */
  readonly valid_to: Date | null;
  readonly erased: boolean;
}

/**
 * Who a name meant at an instant. Nearly every name has had one owner, so that case costs one look.
 *
 * @see identity design, section 3.4
 */
export class ResolvedIdentities {
  private readonly epochsOf = new Map<string, IdentityEpoch[]>();
  private several = false;

  add(rows: readonly IdentityEpoch[]): void {
    for (const row of rows) {
      const key = row.key_hash.replaceAll('-', '');
      const known = this.epochsOf.get(key);
      this.several ||= row.valid_to !== null;
      if (known === undefined) this.epochsOf.set(key, [row]);
      else if (!known.some(({ id }) => id === row.id)) known.push(row);
    }
    if (this.several) for (const epochs of this.epochsOf.values()) epochs.sort((x, y) => x.epoch - y.epoch);
  }

  /** Whether no name had more than one owner and none was erased: epochs need no look then. */
  get simple(): boolean {
    return !this.several;
  }

  /**
   * The owner at an instant (RFC 3339).
   *
   * @returns undefined when nobody of that time is known yet
   */
  epochAt(key: string, at: string): IdentityEpoch | undefined {
    const epochs = this.epochsOf.get(key);
    if (epochs === undefined) return undefined;
    const [only] = epochs;
    if (only!.valid_to === null) return only;
    const time = Date.parse(at);
    return epochs.find(({ valid_to: end, erased }) => {
      if (end === null) return true;
      return erased ? time <= end.getTime() : time < end.getTime();
    });
  }

  /** Its id at an instant; undefined when it was erased, and whatever it wrote until then with it. */
  idAt(key: string, at: string): string | undefined {
    const epoch = this.epochAt(key, at);
    return epoch === undefined || epoch.erased ? undefined : epoch.id;
  }

  /** The last owner known; undefined: the name is new. */
  latest(key: string): IdentityEpoch | undefined {
    return this.epochsOf.get(key)?.at(-1);
  }
}
