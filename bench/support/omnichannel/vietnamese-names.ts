import type { Chance } from './chance.js';

/** Family names with their shares in per mille; Nguyễn is well over a third (figures: `default-customer-model.ts`). */
const FAMILY: readonly (readonly [string, number])[] = [
  ['Nguyễn', 384],
  ['Trần', 110],
  ['Lê', 95],
  ['Phạm', 70],
  ['Phan', 45],
  ['Hoàng', 30],
  ['Huỳnh', 30],
  ['Vũ', 20],
  ['Võ', 20],
  ['Đặng', 21],
  ['Bùi', 20],
  ['Đỗ', 14],
  ['Hồ', 13],
  ['Ngô', 13],
  ['Dương', 10],
  ['Lý', 5],
  ['Đinh', 10],
  ['Trương', 15],
  ['Đoàn', 9],
  ['Lâm', 7],
];
const words = (text: string): readonly string[] => text.split(' ');
const MIDDLE = {
  woman: words('Thị Thị Thị Ngọc Thu Thanh Bích Hồng Mỹ Kim Phương Diệu Quỳnh'),
  man: words('Văn Văn Văn Đức Minh Hữu Quang Thanh Quốc Xuân Công Đình Tuấn'),
} as const;
const GIVEN = {
  woman: words(
    'Lan Mai Hoa Hương Linh Trang Thảo Hà Nga Ngân Yến Oanh Vy Nhi Hạnh Hiền Loan Bưởi Đào Cúc Duyên Thủy Thư Châu Trâm Uyên Giang Nhung Phượng Xuân',
  ),
  man: words(
    'Hùng Hưng Dũng Nam Long Sơn Hải Tuấn Đạt Khoa Khánh Phúc Lộc Thọ Bình Cường Thắng Trung Tâm Tín Vinh Quân Duy Tùng Đăng Kiên Bảo Thịnh Phong Việt',
  ),
} as const;
const NICKNAMES = words('Bống Cún Tũn Sóc Nhím Bin Bo Na Mít Sữa Kem Tôm Gấu Thỏ Đậu');

/** A personal name. */
export interface FullName {
  readonly family: string;
  readonly middle: string;
  readonly given: string;
}

/** A name as frequent or rare as in Viet Nam. @param family given: it stays in the family */
export function inventName(chance: Chance, family = chance.pickByShare(FAMILY)): FullName {
  const sex = chance.is(0.5) ? 'woman' : 'man';
  return { family, middle: chance.pick(MIDDLE[sex]), given: chance.pick(GIVEN[sex]) };
}

const TONES: Readonly<Record<string, string>> = {
  '\u0301': 's',
  '\u0300': 'f',
  '\u0309': 'r',
  '\u0303': 'x',
  '\u0323': 'j',
};
const isTone = (mark: string): boolean => TONES[mark] !== undefined;

/** `Nguyễn` as it stands there when the keyboard was off: `Nguyeenx`. */
function keystrokesOf(word: string): string {
  let [typed, tone] = ['', ''];
  for (const sign of word.normalize('NFD')) {
    if (isTone(sign)) tone = TONES[sign]!;
    else if (sign === '\u0302') typed += typed.at(-1)!.toLowerCase();
    else if (sign === '\u0306' || sign === '\u031b') typed += 'w';
    else if (sign === 'đ' || sign === 'Đ') typed += sign === 'đ' ? 'dd' : 'Dd';
    else typed += sign;
  }
  return typed + tone;
}

const withoutMarks = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');

const written = ({ family, middle, given }: FullName): string => `${family} ${middle} ${given}`;

/** Ways in which people and their telephones write a name, with their shares. */
const SPELLINGS: readonly (readonly [(name: FullName, chance: Chance) => string, number])[] = [
  [written, 40],
  [(name) => withoutMarks(written(name)), 18],
  [({ family, given }) => `${given} ${family}`, 12],
  [({ family, given }) => withoutMarks(`${given} ${family}`), 6],
  [({ middle, given }) => `${middle} ${given}`, 8],
  [(name) => words(written(name)).map(keystrokesOf).join(' '), 3],
  [(name) => written(name).normalize('NFD'), 2],
  [(name) => written(name).toUpperCase(), 3],
  [({ given }, chance) => `${given} ${chance.pick(NICKNAMES)}`, 5],
  [(_name, chance) => `Mẹ ${chance.pick(NICKNAMES)}`, 3],
];

/** The name as one account shows it: with or without marks, in either order, in keystrokes, or as a nickname. */
export function spellName(name: FullName, chance: Chance): string {
  return chance.pickByShare(SPELLINGS)(name, chance);
}

/** A beginning for mail addresses: `lan.nguyen.204518`. */
export const mailWord = ({ family, given }: FullName): string => withoutMarks(`${given}.${family}`).toLowerCase();
