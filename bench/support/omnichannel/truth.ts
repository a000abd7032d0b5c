/** Kind, scope and canonical value of an identity. */
export interface Name {
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
}

/** One text for an identity and the number of its owner's time, as the store counts: 0 for the first. */
export const identityText = ({ kind, scope, value }: Name, epoch = 0): string => `${kind}:${scope}:${value}#${epoch}`;

/** Two identities of one person. */
export type IdentityPair = readonly [string, string];

/** What is true of a log: who is behind each identity, and what of it the log proves. Identities are {@link identityText}. */
export interface LogTruth {
  /** Numbers of the people who used an identity; several: a family's number, a desk's, or one that changed hands unnoticed. */
  readonly ownersOf: ReadonlyMap<string, ReadonlySet<number>>;
  /** Proof of level 3 and above from one identity of a person to another that nobody else used. */
  readonly proofs: readonly IdentityPair[];
  /** The same for what was only said, which must join nobody and may suggest. */
  readonly sayings: readonly IdentityPair[];
}

/** Who did it, and when. */
export interface Occasion {
  readonly by: number;
  readonly at: number;
}

interface Said extends Occasion {
  readonly pair: IdentityPair;
}

/** Collects what is true while a log is written. */
export class TruthKeeper {
  private readonly owners = new Map<string, Set<number>>();
  private readonly handedOverAt = new Map<string, number>();
  private readonly proofs: Said[] = [];
  private readonly sayings: Said[] = [];

  /** An identity has a later owner from an instant on, and we are told of it. To be said before its first use. */
  handOver(name: Name, at: number): void {
    this.handedOverAt.set(identityText(name), at);
  }

  use(name: Name, at: number, by: number): void {
    const text = this.textAt(name, at);
    this.owners.set(text, (this.owners.get(text) ?? new Set<number>()).add(by));
  }

  /** The person proves that two identities are theirs. */
  prove(one: Name, other: Name, { by, at }: Occasion): void {
    this.use(other, at, by);
    this.proofs.push({ by, at, pair: [this.textAt(one, at), this.textAt(other, at)] });
  }

  /** The person says so, which makes nobody's identity. */
  say(one: Name, other: Name, { by, at }: Occasion): void {
    this.sayings.push({ by, at, pair: [this.textAt(one, at), this.textAt(other, at)] });
  }

  toTruth(): LogTruth {
    const isAlone = (text: string, by: number): boolean => {
      const owners = this.owners.get(text);
      return owners?.size === 1 && owners.has(by);
    };
    const pairsOf = (said: readonly Said[]): IdentityPair[] =>
      said.filter(({ pair, by }) => pair.every((text) => isAlone(text, by))).map(({ pair }) => pair);
    return { ownersOf: this.owners, proofs: pairsOf(this.proofs), sayings: pairsOf(this.sayings) };
  }

  private textAt(name: Name, at: number): string {
    const end = this.handedOverAt.get(identityText(name));
    return identityText(name, end !== undefined && at >= end ? 1 : 0);
  }
}
