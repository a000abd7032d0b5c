import fc from 'fast-check';
import { isBlockedValue } from './blocked-values.js';
import { MAX_LABEL_CHARS, normalisePhone, toE164 } from './phone.js';

/** Time of one call in milliseconds, best of three so that a busy machine does not decide. */
function fastestMs(run: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('normalisePhone', () => {
  it.each([
    '0912345678',
    '84912345678',
    '+84912345678',
    '+840912345678',
    '00849 12 345 678',
    '912345678',
    '(+84) 912.345.678',
    'tel:+84-912-345-678',
    'sip:0912345678@pbx.example',
    '0912345678;ext=12',
    '８４９１２３４５６７８',
    '  0912 345 678\u00a0',
    'TEL:0912345678',
    '\u200e0912345678',
  ])('reads %j as one mobile number', (text) => {
    expect(normalisePhone(text)).toEqual({ kind: 'number', e164: '+84912345678', line: 'mobile', migrated: false });
  });

  it.each(['01689123456', '0168 912 3456', '841689123456', '+841689123456'])('rewrites the 2018 form %s', (text) => {
    expect(normalisePhone(text)).toEqual({ kind: 'number', e164: '+84389123456', line: 'mobile', migrated: true });
  });

  it.each(
    Object.entries({
      162: '32',
      163: '33',
      164: '34',
      165: '35',
      166: '36',
      167: '37',
      168: '38',
      169: '39', // Viettel
      120: '70',
      121: '79',
      122: '77',
      126: '76',
      128: '78', // MobiFone
      123: '83',
      124: '84',
      125: '85',
      127: '81',
      129: '82', // VinaPhone
      186: '56',
      188: '58',
      199: '59', // Vietnamobile, Gmobile
    }),
  )('moves prefix 0%s to 0%s', (before, after) => {
    expect(toE164(`0${before}2345678`)).toBe(`+84${after}2345678`);
  });

  it.each([
    ['02838123456', '+842838123456', 'fixed'],
    ['0838123456', '+84838123456', 'mobile'],
    ['838123456', '+84838123456', 'mobile'],
    ['0842345678', '+84842345678', 'mobile'],
    ['841234567', '+84841234567', 'mobile'],
    ['+14155550123', '+14155550123', 'unknown'],
    ['14155550123', '+14155550123', 'unknown'],
    ['0014155550123', '+14155550123', 'unknown'],
  ])('reads %s as %s, %s', (text, e164, line) => {
    expect(normalisePhone(text)).toEqual({ kind: 'number', e164, line, migrated: false });
  });

  it.each([
    ['19001234', 'service_number', '19001234'],
    ['1900123456', 'service_number', '1900123456'],
    ['18001234', 'service_number', '18001234'],
    ['+8419001234', 'service_number', '19001234'],
    ['8085', 'short_code', '8085'],
    ['6089', 'short_code', '6089'],
    ['113', 'short_code', '113'],
    ['+848085', 'short_code', '8085'],
    ['VIETCOMBANK', 'alphanumeric', 'VIETCOMBANK'],
    ['Zalo', 'alphanumeric', 'Zalo'],
    ['Cửa hàng Bưởi'.normalize('NFD'), 'alphanumeric', 'Cửa hàng Bưởi'],
    ['anonymous', 'hidden', 'hidden'],
    ['Unknown', 'hidden', 'hidden'],
    ['sip:anonymous@anonymous.invalid', 'hidden', 'hidden'],
    ['+266696687', 'hidden', 'hidden'],
    ['', 'hidden', 'hidden'],
    ['   ', 'hidden', 'hidden'],
    ['0123456', 'invalid', '0123456'],
    ['09123456789', 'invalid', '09123456789'],
    ['0000000000', 'invalid', '0000000000'],
    ['+', 'invalid', '+'],
    ['---', 'invalid', '---'],
  ])('keeps %j as a label (%s)', (text, reason, label) => {
    expect(normalisePhone(text)).toEqual({ kind: 'label', reason, label });
    expect(toE164(text)).toBeUndefined();
  });

  it('reads national forms of another default country', () => {
    expect(toE164('(415) 555-0123', 'US')).toBe('+14155550123');
    expect(toE164('+84 912 345 678', 'US')).toBe('+84912345678');
    expect(toE164('0084912345678', 'US')).toBe('+84912345678');
    expect(normalisePhone('8085', 'US')).toMatchObject({ reason: 'short_code' });
  });

  it('is a fixed point: a normalised number stays itself, and never is a blocked value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(?:\+84|0)[389][0-9]{7,9}$/), (text) => {
        const e164 = toE164(text);
        fc.pre(e164 !== undefined);
        expect(toE164(e164!)).toBe(e164);
        expect(isBlockedValue('phone', e164!)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and its labels are bounded and storable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const name = normalisePhone(text);
        const fits = name.kind === 'label' && name.label.length <= MAX_LABEL_CHARS && name.label.isWellFormed();
        const storable = name.kind === 'number' ? /^\+[1-9]\d{6,14}$/.test(name.e164) : fits;
        expect(storable && !JSON.stringify(name).includes('\\u0000')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['digits', (n: number) => '9'.repeat(n)],
    ['blanks around one digit', (n: number) => `${' '.repeat(n)}9${' '.repeat(n)}`],
    ['blanks within', (n: number) => `0${' '.repeat(n)}912345678`],
    ['zeros', (n: number) => `+${'0'.repeat(n)}`],
    ['tel: again and again', (n: number) => 'tel:'.repeat(n / 4)],
    ['separators', (n: number) => `0${'-;'.repeat(n / 2)}`],
  ])('takes linear time on hostile %s', (_name, make) => {
    const long = make(262_144);
    expect(fastestMs(() => normalisePhone(long))).toBeLessThan(200);
  });
});
