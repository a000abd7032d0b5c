import { parseReference } from './reference.js';

// Check digits of ISO 7064 MOD 11,10 that other programs publish: 0794 has 5, 79462 has 3.
const REFERENCES = ['KH-07945', 'KH-794623'];

/** Every text that differs from the reference in one digit. */
function* withOneDigitWrong(reference: string): Generator<string> {
  for (let index = 'KH-'.length; index < reference.length; index += 1) {
    for (const digit of '0123456789') {
      if (digit !== reference[index]) yield reference.slice(0, index) + digit + reference.slice(index + 1);
    }
  }
}

describe('the reference of a customer', () => {
  it.each([
    ['as stored', 'KH-794623', 'KH-794623'],
    ['in small letters with blanks', ' kh-794623 ', 'KH-794623'],
    ['without the dash', 'KH794623', 'KH-794623'],
    ['with a zero in front', 'KH-07945', 'KH-07945'],
  ])('is read %s', (_label, text, expected) => {
    expect(parseReference(text)).toBe(expected);
  });

  it.each(REFERENCES)('is refused with any one digit wrong: %s', (reference) => {
    const wrong = [...withOneDigitWrong(reference)];
    expect(wrong).toHaveLength(9 * (reference.length - 3));
    expect(wrong.filter((text) => parseReference(text) !== undefined)).toEqual([]);
  });

  it('has exactly one check digit for each number', () => {
    for (let number = 0; number < 500; number += 1) {
      const accepted = [...'0123456789'].filter((digit) => parseReference(`KH-${number}${digit}`) !== undefined);
      expect(accepted).toHaveLength(1);
    }
  });

  it.each([
    '',
    'KH-',
    'KH-5',
    '794623',
    'KH--794623',
    'KH-79 4623',
    'KH-７９４６２３',
    `KH-${'1'.repeat(20)}`,
    'KX-794623',
  ])('is none: %p', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
