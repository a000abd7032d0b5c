import { array, assert, constantFrom, property, string, tuple } from 'fast-check';
import { compareNames, NAME_LEVELS } from './compare-names.js';
import { readName } from './vietnamese-name.js';

const codeOf = (a: string, b: string): string => NAME_LEVELS[compareNames(readName(a)!, readName(b)!).level]!.code;

describe('compareNames', () => {
  it.each([
    ['name_same_folded', 'Nguyễn Thị Bưởi', 'nguyen thi buoi'],
    ['name_same_folded', 'Đỗ Đức', 'Do Duc'],
    ['name_same_reordered', 'Nguyễn Thị Bưởi', 'Bưởi Nguyễn Thị'],
    ['name_same_reordered', 'Buoi Nguyen', 'Nguyễn Bưởi'],
    ['name_same_keystrokes', 'Nguyễn Thị Bưởi', 'Nguyeexn Thij Buwowri'],
    ['name_same_keystrokes', 'Nguyễn Thị Bưởi', 'Nguye64n Thi5 Bu7o7i3'],
    ['name_given_and_family', 'Nguyễn Thị Bưởi', 'Nguyễn Bưởi'],
    ['name_given_and_family', 'Nguyễn Thị Bưởi', 'Nguyễn T. Bưởi'],
    ['name_given_and_family', 'Nguyễn Thị Bưởi', 'Bưởi Nguyễn'],
    ['name_marks_differ', 'Trần Văn Hùng', 'Trần Văn Hưng'],
    ['name_close', 'Nguyễn Thị Bưởi', 'Nguyễn Thị Buoii'],
    ['name_close', 'Tran Quoc Hung', 'Tran Qouc Hung'],
    ['name_part_of_other', 'Bưởi', 'Nguyễn Thị Bưởi'],
    ['name_part_of_other', 'Thị Bưởi', 'Nguyễn Thị Bưởi'],
    ['name_differs', 'Nguyễn', 'Nguyễn Thị Bưởi'],
    ['name_differs', 'Nguyễn Văn Bưởi', 'Nguyễn Thị Bưởi'],
    ['name_differs', 'Lan', 'Lam'],
    ['name_differs', 'Nguyễn Thị Bưởi', 'Trần Văn Hùng'],
  ])('%s: %s and %s', (expected, a, b) => {
    expect(codeOf(a, b)).toBe(expected);
    expect(codeOf(b, a)).toBe(expected);
  });

  it('hands on what both share, so that a frequent name can count for less', () => {
    expect(compareNames(readName('Nguyễn Thị Bưởi')!, readName('Nguyễn Bưởi')!).terms).toEqual(['buoi', 'nguyen']);
  });

  it('does not depend on the side', () => {
    const word = constantFrom('nguyen', 'Nguyễn', 'thi', 'Thij', 'buoi', 'Buwowri', 'B', 'hung', 'Hùng', 'Hưng', 'max');
    const name = array(word, { minLength: 1, maxLength: 4 }).map((words) => readName(words.join(' '))!);
    assert(
      property(name, name, (a, b) => {
        expect(compareNames(a, b)).toEqual(compareNames(b, a));
      }),
      { numRuns: 500 },
    );
  });

  it('finds every name the same as itself', () => {
    assert(
      property(tuple(string({ unit: 'grapheme' }), constantFrom('an', 'bưởi')), ([text, word]) => {
        const name = readName(`${word} ${text}`)!;
        expect(compareNames(name, name).level).toBe(0);
      }),
    );
  });
});
