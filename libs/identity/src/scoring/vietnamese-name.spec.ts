import { assert, property, string } from 'fast-check';
import { MAX_NAME_WORDS, readName } from './vietnamese-name.js';

const formOf = (text: string): string | undefined => readName(text)?.form;

describe('readName', () => {
  it.each([
    ['marks and capitals', 'NGUYỄN Thị Bưởi', 'nguyen thi buoi'],
    ['đ', 'Đỗ Đình Đức', 'do dinh duc'],
    ['decomposed letters', 'Nguyễn Thị Bưởi'.normalize('NFD'), 'nguyen thi buoi'],
    ['a title', 'Chị Nguyễn Thị Bưởi', 'nguyen thi buoi'],
    ['a foreign title', 'Mr. Hùng', 'hung'],
    ['a name that looks like a title without marks', 'Chi Nguyen', 'chi nguyen'],
    ['emoji and ornaments', '🌸 Bưởi ♥ Nguyễn 🌸', 'buoi nguyen'],
    ['dots of initials', 'Nguyễn T.B. Ngọc', 'nguyen t b ngoc'],
  ])('passes over %s', (_label, text, expected) => {
    expect(formOf(text)).toBe(expected);
  });

  it.each([
    ['Telex', 'Nguyeexn Thij Buwowri'],
    ['Telex with the tone at the end', 'Nguyeenx Thij Buwowir'],
    ['Telex in part', 'Nguyeexn Thị Bưởi'],
    ['VNI', 'Nguye64n Thi5 Bu7o7i3'],
    ['VNI with the digits at the end', 'Nguyen64 Thi5 Buoi73'],
  ])('undoes the keystrokes of %s', (_label, text) => {
    expect(readName(text)).toMatchObject({ form: 'nguyen thi buoi', fromKeystrokes: true });
  });

  it.each([
    ['ddoox', 'ddoox ddinhf dduwcs', 'do dinh duc'],
    ['a lone w', 'Lee Thij Nhw', 'le thi nhu'],
    ['a late tone', 'Traanf Quoocs Huwngf', 'tran quoc hung'],
  ])('undoes %s', (_label, text, expected) => {
    expect(formOf(text)).toBe(expected);
  });

  it.each([
    'Lee Min Ho',
    'Max Tran',
    'Alex Nguyen',
    'Chris Foss',
    'James Brown',
    'Hoa 123',
    'Lan99',
    'Nguyen Thi Buoi',
  ])('leaves %s alone, which was not typed so', (text) => {
    expect(readName(text)).toMatchObject({ form: text.toLowerCase(), fromKeystrokes: false });
  });

  it.each(['', '   ', '123', '🌸🌸', '.', '\u0301\u0301'])('finds no name in %j', (text) => {
    expect(readName(text)).toBeUndefined();
  });

  it('tells names that fold to the same by how they were written', () => {
    expect(readName('Hùng')!.written).not.toBe(readName('Hưng')!.written);
    expect(readName('Hùng')!.form).toBe(readName('Hưng')!.form);
  });

  it('reads whatever comes, in bounds, and its own form once more', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const name = readName(text);
        if (name === undefined) return;
        expect(name.words.length).toBeGreaterThan(0);
        expect(name.words.length).toBeLessThanOrEqual(MAX_NAME_WORDS);
        expect(name.words.every((word) => word !== '')).toBe(true);
        expect(readName(text)).toEqual(name);
      }),
    );
  });
});
