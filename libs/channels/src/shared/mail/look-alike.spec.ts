import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { looksLike } from './look-alike.js';

const REAL = 'cuahang.com.vn';

describe('a domain', () => {
  it.each([
    ['with another letter', 'cuahanh.com.vn'],
    ['with a letter more', 'cuahangg.com.vn'],
    ['with a letter less', 'cuahng.com.vn'],
    ['with two letters that changed places', 'cuahnag.com.vn'],
    ['with a dash', 'cua-hang.com.vn'],
    ['with two dashes', 'c-ua-hang.com.vn'],
    ['with letters that look alike', 'cuahanq.com.vn'],
    ['with Cyrillic letters', '\u0441u\u0430h\u0430ng.com.vn'],
    ['with marks', 'cửàhàng.com.vn'],
    ['below which it writes', 'thu.cuahanh.com.vn'],
  ])('%s is taken for ours', (_how, domain) => {
    expect(looksLike(domain, `hotro.${REAL}`)).toBe(true);
  });

  it.each([
    ['of our own', 'thu.cuahang.com.vn'],
    ['of another name', 'khachhang.com.vn'],
    ['of our name elsewhere', 'cuahang.vn'],
    ['that holds our name', 'cuahanghoamai.com.vn'],
    ['that holds our name below its own', 'cuahang.com.vn.la.example'],
    ['with two other letters', 'cuohong.com.vn'],
    ['that is none', ''],
  ])('%s is not', (_which, domain) => {
    expect(looksLike(domain, REAL)).toBe(false);
  });

  it.each([
    ['one', 'rnaivang.vn', 'maivang.vn'],
    ['the other', 'maivang.vn', 'rnaivang.vn'],
    ['with figures', 'h0amail.vn', 'hoamail.vn'],
    ['with letters for figures', 'hoamai1.vn', 'hoamail.vn'],
  ])('is read as what its letters look like: %s', (_which, domain, real) => {
    expect(looksLike(domain, real)).toBe(true);
  });

  it('is not compared with a short one', () => {
    expect(looksLike('shup.vn', 'shop.vn')).toBe(false);
  });

  it('never makes anybody throw', () => {
    fc.assert(
      fc.property(fc.string(), (domain) => {
        expect(looksLike(domain, domain)).toBe(false);
      }),
    );
  });

  it('of a megabyte is compared at once', async () => {
    expect(await cpuMillisOf(() => looksLike(`${'rn'.repeat(500_000)}.vn`, REAL))).toBeLessThan(1_000);
  });
});
