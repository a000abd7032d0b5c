import { array, assert, constantFrom, property, record, string } from 'fast-check';
import { CUSTOMER_COMPARISONS } from './customer-comparisons.js';
import type { CustomerRecord } from './customer-record.js';
import { DEFAULT_CUSTOMER_MODEL } from './default-customer-model.js';
import { seededRandom } from './seeded-random.js';
import { blockingKeysOf, comparePair, learnCustomerModel, scoreCustomers } from './score-customers.js';

function aCustomer(values: Partial<CustomerRecord>): CustomerRecord {
  return {
    id: 'KH-1',
    names: [],
    phones: [],
    emails: [],
    addresses: [],
    orderNumbers: [],
    accountScopes: [],
    ...values,
  };
}

const BUOI = aCustomer({
  id: 'KH-1',
  names: ['Nguyễn Thị Bưởi'],
  phones: ['+84912345678'],
  emails: ['buoi.nguyen@khach.example'],
  addresses: ['12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM'],
  orderNumbers: ['DH-10234'],
  accountScopes: ['zalo_user oa-shop'],
});

const codes = (values: Partial<CustomerRecord>) => {
  const { probability, reasons } = comparePair(BUOI, aCustomer({ id: 'KH-2', ...values }));
  return { probability, for: reasons.for.map(({ code }) => code), against: reasons.against.map(({ code }) => code) };
};

describe('comparePair', () => {
  it.each<[string, Partial<CustomerRecord>, string]>([
    ['a name without marks', { names: ['nguyen thi buoi'] }, 'name_same_folded'],
    ['a name in Telex', { names: ['Nguyeexn Thij Buwowri'] }, 'name_same_keystrokes'],
    ['a first name only', { names: ['Bưởi'] }, 'name_part_of_other'],
    ['the best of several names', { names: ['Shop của Bưởi 🌸', 'Bưởi Nguyễn'] }, 'name_given_and_family'],
    ['a phone in national form', { phones: ['091 234 5678'] }, 'phone_same'],
    ['a phone with another beginning', { phones: ['+84772345678'] }, 'phone_last_digits'],
    ['a phone with a slip', { phones: ['0912345679'] }, 'phone_one_slip'],
    ['the same mail elsewhere', { emails: ['Buoi.Nguyen@other.example'] }, 'email_local_part_same'],
    ['a mail with a tag', { emails: ['buoinguyen+shop@khach.example'] }, 'email_close'],
    ['an address in other words', { addresses: ['12 lê lợi phường bến nghé quận 1 hồ chí minh'] }, 'address_similar'],
    [
      'an address spelt out',
      { addresses: ['12 Le Loi, phuong Ben Nghe, quan 1, thanh pho Ho Chi Minh'] },
      'address_same',
    ],
    ['an order', { orderNumbers: ['#dh10234'] }, 'order_same'],
  ])('finds %s to speak for one person', (_label, values, code) => {
    expect(codes(values).for).toEqual([code]);
  });

  it.each<[string, Partial<CustomerRecord>, string]>([
    ['another name', { names: ['Trần Văn Hùng'] }, 'name_differs'],
    ['another phone', { phones: ['+84987654321'] }, 'phone_differs'],
    ['another mail', { emails: ['hung@khach.example'] }, 'email_differs'],
    ['the same house number elsewhere', { addresses: ['12 Trần Phú, Hải Châu, Đà Nẵng'] }, 'address_differs'],
    ['two accounts of one page', { accountScopes: ['zalo_user oa-shop'] }, 'accounts_of_one_page_differ'],
  ])('finds %s to speak against it', (_label, values, code) => {
    expect(codes(values).against).toEqual([code, 'too_little_agrees']);
  });

  it.each<[string, Partial<CustomerRecord>]>([
    ['another order', { orderNumbers: ['DH-99999'] }],
    ['another page', { accountScopes: ['messenger_psid fb-shop'] }],
    [
      'values that identify nobody',
      { phones: ['0000000000', '1900'], emails: ['test@khach.example'], names: ['123', '?'] },
    ],
  ])('makes nothing of %s', (_label, values) => {
    expect(codes(values)).toMatchObject({ for: [], against: ['too_little_agrees'] });
  });

  it('is sure of a phone and a name together, and never of one alone', () => {
    expect(codes({ names: ['Nguyễn Bưởi'], phones: ['0912345678'] }).probability).toBeGreaterThan(0.99);
    expect(codes({ phones: ['0912345678'] }).probability).toBeLessThanOrEqual(0.5);
    expect(codes({ names: ['Nguyễn Thị Bưởi'] }).probability).toBeLessThanOrEqual(0.5);
  });

  it('trusts a frequent name less than a rare one', () => {
    const shared = { addresses: ['12 Lê Lợi, Huế'] };
    const pair = (name: string) =>
      comparePair(aCustomer({ names: [name], ...shared }), aCustomer({ names: [name], ...shared }));
    const [frequent, rare] = [pair('Nguyễn Văn Anh'), pair('Tôn Nữ Bảo Châu')];
    expect(frequent.probability).toBeLessThan(rare.probability);
    expect(frequent.reasons.for.find(({ code }) => code === 'name_same_folded')!.sentence).toContain('many people');
    expect(rare.reasons.for.find(({ code }) => code === 'name_same_folded')!.sentence).toContain('few people');
  });

  it('doubts two accounts of one page', () => {
    const both = { names: ['Nguyễn Thị Bưởi'], addresses: BUOI.addresses };
    expect(codes({ ...both, accountScopes: BUOI.accountScopes }).probability).toBeLessThan(codes(both).probability);
  });

  it('says each reason in a sentence, the weightiest first', () => {
    const { reasons } = comparePair(
      BUOI,
      aCustomer({ names: ['Bưởi Nguyễn'], phones: BUOI.phones, emails: ['hung@khach.example'] }),
    );
    expect(reasons.for.map(({ sentence }) => sentence)).toEqual([
      'They gave the same phone number.',
      expect.stringMatching(/^Given and family name are the same/),
    ]);
    expect(reasons.against.map(({ sentence }) => sentence)).toEqual(['No mail address is the same.']);
  });

  it('has a sentence and weights for every finding', () => {
    for (const { levels } of DEFAULT_CUSTOMER_MODEL.fields) {
      expect(levels.reduce((sum, { m }) => sum + m, 0)).toBeCloseTo(1, 10);
      expect(levels.reduce((sum, { u }) => sum + u, 0)).toBeCloseTo(1, 2);
    }
    expect(DEFAULT_CUSTOMER_MODEL.fields.map(({ field }) => field)).toEqual(
      CUSTOMER_COMPARISONS.map(({ field }) => field),
    );
  });

  const anyCustomer = record({
    id: constantFrom('KH-1', 'KH-2'),
    names: array(
      constantFrom('Nguyễn Thị Bưởi', 'Nguyeexn Thij Buwowri', 'Bưởi', 'Hùng Trần', 'tran hung', '__proto__', ''),
      { maxLength: 3 },
    ),
    phones: array(constantFrom('0912345678', '+84912345679', '1900', 'x'), { maxLength: 3 }),
    emails: array(constantFrom('buoi@a.example', 'buoi.n@a.example', 'buoin@b.example', '@'), { maxLength: 3 }),
    addresses: array(constantFrom('12 Lê Lợi Huế', '12 le loi, hue', '14 Lê Lợi', 'constructor toString'), {
      maxLength: 2,
    }),
    orderNumbers: array(constantFrom('DH1', 'DH-1000', '#1000'), { maxLength: 2 }),
    accountScopes: array(constantFrom('zalo_user a', 'zalo_user b'), { maxLength: 2 }),
  });

  it('judges the same from either side and every time', () => {
    assert(
      property(anyCustomer, anyCustomer, (a, b) => {
        const there = comparePair(a, b);
        expect(comparePair(b, a)).toEqual({ ...there, a: b.id, b: a.id });
        expect(comparePair(a, b)).toEqual(there);
      }),
      { numRuns: 300 },
    );
  });

  it('takes whatever comes', () => {
    const text = array(string({ unit: 'binary', maxLength: 30 }), { maxLength: 3 });
    const hostile = record({
      id: text.map(String),
      names: text,
      phones: text,
      emails: text,
      addresses: text,
      orderNumbers: text,
      accountScopes: text,
    });
    assert(
      property(hostile, hostile, (a, b) => {
        const { probability } = comparePair(a, b);
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    ['letters', 'a'],
    ['marks on one letter', '\u0301\u0323'],
    ['keystrokes', 'uwow'],
    ['blanks and dots', ' .'],
    ['emoji', '🌸'],
    ['digits', '09'],
    ['words', 'bưởi '],
  ])('costs no more for 64 KB of %s than for a long name', (_label, unit) => {
    const hostile = `n${unit.repeat(Math.ceil(65_536 / unit.length))}`;
    const values = Array.from({ length: 20 }, () => hostile);
    const customer = aCustomer({
      names: values,
      phones: values,
      emails: values,
      addresses: values,
      orderNumbers: values,
    });
    comparePair(customer, BUOI);
    // Processor time, so that a busy machine does not count.
    const before = process.cpuUsage();
    for (let round = 0; round < 10; round += 1) comparePair(customer, customer);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 10 / 1_000).toBeLessThan(100);
  });
});

const FAMILIES = ['Nguyễn', 'Nguyễn', 'Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ'];
const MIDDLES = ['Thị', 'Văn', 'Minh', 'Ngọc', 'Thu', 'Quốc'];
const GIVENS = [
  'Bưởi',
  'Hùng',
  'Lan',
  'Mai',
  'Đức',
  'Hạnh',
  'Tuấn',
  'Phương',
  'Châu',
  'Khoa',
  'Yến',
  'Trúc',
  'Sơn',
  'Vân',
  'Giang',
];

/** A base in which the first `duplicates` customers are there twice, with their names written otherwise. */
function aBase(size: number, duplicates: number): CustomerRecord[] {
  const random = seededRandom(5);
  const oneOf = (list: readonly string[]): string => list[random(list.length)]!;
  const base = Array.from({ length: size }, (_, index) =>
    aCustomer({
      id: `${index}`,
      names: [`${oneOf(FAMILIES)} ${oneOf(MIDDLES)} ${oneOf(GIVENS)}`],
      phones: [`+8491${String(random(10_000_000)).padStart(7, '0')}`],
      addresses: [`${random(300)} đường ${oneOf(GIVENS)} ${oneOf(FAMILIES)}, phường ${random(20)}`],
    }),
  );
  const copies = base.slice(0, duplicates).map((customer) => ({
    ...customer,
    id: `${customer.id}-again`,
    names: customer.names.map((name) => (random(2) === 0 ? name.toLowerCase() : name.split(' ').reverse().join(' '))),
    phones: random(3) === 0 ? [] : customer.phones,
  }));
  return [...base, ...copies];
}

describe('scoreCustomers', () => {
  it('finds the duplicates of a base by what it learns from it', () => {
    const records = aBase(500, 100);
    const found = scoreCustomers(records, { minProbability: 0.99 });
    const right = found.filter(({ a, b }) => b === `${a}-again`);
    expect(right.length).toBeGreaterThan(90);
    expect(found.length - right.length).toBeLessThanOrEqual(2);
    expect(found).toEqual([...found].sort((x, y) => y.probability - x.probability));
    expect(scoreCustomers(records, { minProbability: 0.99 })).toEqual(found);
  });

  it('uses the default model while there is too little to learn from', () => {
    expect(learnCustomerModel(aBase(50, 2))).toBe(DEFAULT_CUSTOMER_MODEL);
    const [best] = scoreCustomers(aBase(50, 2));
    expect(best!.b).toBe(`${best!.a}-again`);
  });

  it('finds nothing among nobody', () => {
    expect(scoreCustomers([])).toEqual([]);
    expect(scoreCustomers([aCustomer({}), aCustomer({ id: 'KH-2' })])).toEqual([]);
  });
});

describe('blockingKeysOf', () => {
  it('files two spellings of a name under one key, and no one-word name', () => {
    const keys = (name: string) => blockingKeysOf(aCustomer({ names: [name] }));
    expect(keys('Nguyeexn Thij Buwowri')).toEqual(keys('Bưởi Thị Nguyễn'));
    expect(keys('Bưởi')).toEqual([]);
  });
});
