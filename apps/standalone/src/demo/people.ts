import type { SeededRandom } from '@app/simulators';
import type { RunIds } from './run-ids.js';
import type { Role } from './script/step.js';

/** Somebody who writes on this day, as each channel knows them. */
export interface Person {
  readonly role: Role;
  readonly name: string;
  /** Page-scoped id, the same in Messenger and below posts. */
  readonly psid: string;
  readonly zaloId: string;
  readonly zaloIdByApp: string;
  /** E.164. */
  readonly phone: string;
  readonly mail: string;
  /** Id within the portfolio of the business on WhatsApp. */
  readonly whatsappId: string;
  /** Number in the shop's own system. */
  readonly shopId: string;
}

const SEX: Readonly<Record<Role, 'female' | 'male'>> = {
  bride: 'female',
  priceHunter: 'male',
  giftGiver: 'female',
  regular: 'female',
  accountant: 'female',
  student: 'female',
  poet: 'male',
  texter: 'male',
  mother: 'female',
  unhappy: 'female',
  reseller: 'male',
  nightOwl: 'male',
};

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Hoàng', 'Phan', 'Vũ', 'Võ', 'Đặng', 'Bùi', 'Đỗ', 'Hồ', 'Ngô'];
const GIVEN = {
  female: [
    'Thị Bưởi',
    'Thu Hà',
    'Ngọc Ánh',
    'Mỹ Duyên',
    'Thanh Trúc',
    'Kim Liên',
    'Bảo Ngọc',
    'Phương Thảo',
    'Hoài An',
  ],
  male: [
    'Văn Cường',
    'Quốc Đạt',
    'Hoàng Phúc',
    'Minh Khôi',
    'Đức Thịnh',
    'Hữu Nghĩa',
    'Tấn Tài',
    'Gia Huy',
    'Thế Vinh',
  ],
} as const;
const MOBILE = ['90', '91', '93', '96', '97', '98', '32', '35', '70', '79'];

/** `Đặng Thị Bưởi` becomes `dang.thi.buoi`. */
function asciiOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');
  return plain.toLowerCase().replaceAll(' ', '.');
}

function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  const keyed = list.map((item) => ({ item, key: random.next() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}

/** The people of a run: names by the seed, numbers and ids by the run. No name comes twice. */
export function castPeople(ids: RunIds, random: SeededRandom): Readonly<Record<Role, Person>> {
  const given = { female: shuffled(GIVEN.female, random), male: shuffled(GIVEN.male, random) };
  const families = shuffled(FAMILY, random);
  const people = (Object.keys(SEX) as Role[]).map((role, index): Person => {
    const name = `${families[index % families.length]} ${given[SEX[role]].pop()}`;
    const prefix = MOBILE[Number(ids.digits(`prefix ${role}`, 1)) % MOBILE.length];
    return {
      role,
      name,
      psid: ids.digits(`psid ${role}`, 16),
      zaloId: ids.digits(`zalo ${role}`, 18),
      zaloIdByApp: ids.digits(`zalo app ${role}`, 18),
      phone: `+84${prefix}${ids.digits(`phone ${role}`, 7)}`,
      mail: `${asciiOf(name)}.${ids.runId}@khachhang.example`,
      whatsappId: `VN.${ids.digits(`whatsapp ${role}`, 18)}`,
      shopId: `KH${ids.digits(`shop ${role}`, 9)}`,
    };
  });
  return Object.fromEntries(people.map((person) => [person.role, person])) as Record<Role, Person>;
}
