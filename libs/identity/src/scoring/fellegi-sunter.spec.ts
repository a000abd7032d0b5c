import { MAX_PROBABILITY_OF_ONE_FIELD, scoreVector, type LinkageModel } from './fellegi-sunter.js';

const MODEL: LinkageModel = {
  prior: 1 / 1025,
  fields: [
    {
      field: 'name',
      levels: [
        { code: 'name_same', agrees: true, m: 0.8, u: 0.05 },
        { code: 'name_typed', agrees: true, m: 0.1, u: 0.025, rarityBase: 0 },
        { code: 'name_differs', agrees: false, m: 0.1, u: 0.925 },
      ],
      frequencies: {
        shares: new Map([
          ['nguyen', 0.4],
          ['buoi', 0.0125],
        ]),
        unlisted: 0.00625,
        least: 0.00625,
      },
    },
    {
      field: 'phone',
      levels: [
        { code: 'phone_same', agrees: true, m: 0.64, u: 0.01 },
        { code: 'phone_differs', agrees: false, m: 0.36, u: 0.99 },
      ],
    },
  ],
};

describe('scoreVector', () => {
  it('adds the prior and what each field says, in bits', () => {
    const score = scoreVector(MODEL, [{ level: 0 }, { level: 0 }]);
    expect(score.priorBits).toBeCloseTo(-10, 10);
    expect(score.waterfall.map(({ code, bits }) => [code, bits])).toEqual([
      ['name_same', expect.closeTo(4, 10)],
      ['phone_same', expect.closeTo(6, 10)],
    ]);
    expect(score.bits).toBeCloseTo(0, 10);
    expect(score.probability).toBeCloseTo(0.5, 10);
  });

  it('counts a disagreement against', () => {
    const { waterfall, probability } = scoreVector(MODEL, [{ level: 0 }, { level: 1 }]);
    expect(waterfall[1]).toMatchObject({ code: 'phone_differs', agrees: false, bits: expect.closeTo(-1.459, 3) });
    expect(probability).toBeLessThan(0.01);
  });

  it('takes a missing field for no evidence at all', () => {
    const score = scoreVector(MODEL, [{ level: 0 }, undefined]);
    expect(score.waterfall).toHaveLength(1);
    expect(score.bits).toBeCloseTo(-6, 10);
  });

  it('makes a frequent name weigh less and a rare one more', () => {
    const bitsOf = (terms: string[]) => scoreVector(MODEL, [{ level: 0, terms }, undefined]).waterfall[0]!;
    expect(bitsOf(['nguyen'])).toMatchObject({ bits: expect.closeTo(1, 10), rarityBits: expect.closeTo(-3, 10) });
    expect(bitsOf(['buoi'])).toMatchObject({ bits: expect.closeTo(6, 10), rarityBits: expect.closeTo(2, 10) });
  });

  it('takes no combination of terms for rarer than the data can show', () => {
    const { bits } = scoreVector(MODEL, [{ level: 0, terms: ['a', 'b', 'c'] }, undefined]).waterfall[0]!;
    expect(bits).toBeCloseTo(7, 10);
  });

  it('measures rarity at a level that borrows its base against that base', () => {
    const [typed] = scoreVector(MODEL, [{ level: 1, terms: ['buoi'] }, undefined]).waterfall;
    expect(typed).toMatchObject({ bits: expect.closeTo(4, 10), rarityBits: expect.closeTo(2, 10) });
  });

  it('never believes a single agreeing field, however heavy', () => {
    const heavy: LinkageModel = {
      prior: 0.1,
      fields: [{ field: 'id', levels: [{ code: 'id_same', agrees: true, m: 1, u: 1e-300 }] }],
    };
    expect(scoreVector(heavy, [{ level: 0 }]).bits).toBeGreaterThan(900);
    expect(scoreVector(heavy, [{ level: 0 }]).probability).toBe(MAX_PROBABILITY_OF_ONE_FIELD);
  });

  it('stays a probability where the power of two overflows', () => {
    const [sure, never] = [1e-300, 1].map((u) => ({ code: 'c', agrees: true, m: u === 1 ? 1e-300 : 1, u }));
    const twice = (level: { code: string; agrees: boolean; m: number; u: number }) => {
      const fields = Array.from({ length: 5 }, (_, index) => ({ field: `f${index}`, levels: [level] }));
      return scoreVector(
        { prior: 0.5, fields },
        fields.map(() => ({ level: 0 })),
      ).probability;
    };
    expect(twice(sure!)).toBe(1);
    expect(twice(never!)).toBe(0);
  });
});
