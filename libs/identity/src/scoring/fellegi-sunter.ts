import type { Agreement, ComparisonLevel, ComparisonVector } from './comparison.js';
import { chanceOfTerms, type TermFrequencies } from './term-frequencies.js';

/** How often a level occurs within one person, and between strangers. */
export interface LevelModel extends ComparisonLevel {
  /** Share of pairs of one person that compare so, above 0. */
  readonly m: number;
  /** Share of pairs of strangers that compare so, above 0. */
  readonly u: number;
}

/** What is known of a field. */
export interface FieldModel {
  readonly field: string;
  /** Strongest first. */
  readonly levels: readonly LevelModel[];
  /** Absent when the rarity of a value does not matter. */
  readonly frequencies?: TermFrequencies;
}

/** A model of Fellegi and Sunter: fields are taken to agree independently of each other. */
export interface LinkageModel {
  /** Chance that two records taken at random are one person; 0 to 1, both excluded. */
  readonly prior: number;
  /** In the order of the comparisons. */
  readonly fields: readonly FieldModel[];
}

/** What one field says. Positive bits speak for one person, negative ones against it. */
export interface FieldWeight {
  readonly field: string;
  readonly code: string;
  readonly agrees: boolean;
  /** log2 of how much likelier the finding is within one person, rarity included. */
  readonly bits: number;
  /** The part of `bits` that comes from the shared value being rarer (positive) or more frequent than usual. */
  readonly rarityBits: number;
}

/** The judgement on two records. */
export interface PairScore {
  /** 0 to 1. */
  readonly probability: number;
  /** Prior and all fields together, in bits; 0 means even odds. */
  readonly bits: number;
  readonly priorBits: number;
  /** One for each field that could be compared, in the order of the model. */
  readonly waterfall: readonly FieldWeight[];
}

/** Fields that must agree before two records may count as probably one person. */
export const MIN_AGREEING_FIELDS = 2;
/** The most that a single agreeing field can reach: two people of one name are the rule, not the exception. */
export const MAX_PROBABILITY_OF_ONE_FIELD = 0.5;

function weighField(model: FieldModel, { level, terms }: Agreement): FieldWeight {
  const { code, agrees, m, u, rarityBase } = model.levels[level]!;
  const usual = rarityBase === undefined ? u : model.levels[rarityBase]!.u;
  const rarityBits =
    terms === undefined || model.frequencies === undefined
      ? 0
      : Math.log2(usual / chanceOfTerms(model.frequencies, terms));
  return { field: model.field, code, agrees, bits: Math.log2(m / u) + rarityBits, rarityBits };
}

/** @returns 0 to 1; also right far out, where the power of two overflows */
const toProbability = (bits: number): number => 1 / (1 + 2 ** -bits);

/**
 * Judges two records by the comparison of their fields. A score never merges: it suggests to a person, with its reasons.
 *
 * @param vector in the order of the fields of the model
 * @see identity design, sections 3.2 (level 0) and 5.6
 */
export function scoreVector(model: LinkageModel, vector: ComparisonVector): PairScore {
  const priorBits = Math.log2(model.prior / (1 - model.prior));
  const waterfall = model.fields.flatMap((field, index) => {
    const found = vector[index];
    return found === undefined ? [] : [weighField(field, found)];
  });
  const bits = waterfall.reduce((sum, weight) => sum + weight.bits, priorBits);
  const agreeing = waterfall.filter((weight) => weight.agrees).length;
  const most = agreeing < MIN_AGREEING_FIELDS ? MAX_PROBABILITY_OF_ONE_FIELD : 1;
  return { probability: Math.min(most, toProbability(bits)), bits, priorBits, waterfall };
}
