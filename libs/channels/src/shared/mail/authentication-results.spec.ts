import { cpuMillisOf } from '@app/testkit';
import { readAuthenticationResults, trustedVerdict } from './authentication-results.js';
import { readHeaderFields } from './header-fields.js';

const GOOGLE =
  'mx.google.com;\r\n       dkim=pass header.i=@khach.example header.s=s1 header.b=y9eKDel6;\r\n' +
  '       spf=pass (google.com: domain of b@khach.example designates 192.0.2.10 as permitted; sender) smtp.mailfrom=b@khach.example;\r\n' +
  '       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=khach.example';
const MICROSOFT =
  'spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=khach.example;\r\n dkim=pass (signature was verified) header.d=khach.example;\r\n' +
  ' dmarc=pass action=none header.from=khach.example;compauth=pass reason=100';

const fieldsOf = (...values: string[]) =>
  readHeaderFields(values.map((value) => `Authentication-Results: ${value}`).join('\r\n'));

describe('reading results', () => {
  it.each([
    ['Gmail', GOOGLE, 'mx.google.com', ['dkim=pass', 'spf=pass', 'dmarc=pass']],
    ['Microsoft 365, without an id', MICROSOFT, undefined, ['spf=pass', 'dkim=pass', 'dmarc=pass', 'compauth=pass']],
    ['a version after the id', 'mx.shop.example 1; spf=fail', 'mx.shop.example', ['spf=fail']],
    ['a version after the method and blanks around the sign', 'mx; dkim/1 = PASS', 'mx', ['dkim=pass']],
    ['nothing checked', 'mx.shop.example; none', 'mx.shop.example', []],
    ['nested comments', 'mx; (a (b; dmarc=pass) c) dmarc=fail', 'mx', ['dmarc=fail']],
    ['a semicolon in quotes', 'mx; dkim=pass reason="a; dmarc=pass"', 'mx', ['dkim=pass']],
    ['a comment that never ends', 'mx; (dmarc=pass', 'mx', []],
    ['nothing', '', undefined, []],
  ])('%s', (_label, value, authservId, results) => {
    const read = readAuthenticationResults(value);
    expect(read.authservId).toBe(authservId);
    expect(read.results.map(({ method, result }) => `${method}=${result}`)).toEqual(results);
  });
});

describe('what a trusted border says', () => {
  const border = { authservIds: ['mx.shop.example'], withoutId: false };
  it.each<[string, string[], string | undefined, boolean | undefined]>([
    ['DMARC passed', ['mx.shop.example; dmarc=pass header.from=khach.example'], 'khach.example', true],
    ['the id in capitals', ['MX.Shop.Example; dmarc=pass'], 'khach.example', true],
    ['DMARC passed for another domain', ['mx.shop.example; dmarc=pass header.from=x.example'], 'khach.example', false],
    ['signed by the domain itself', ['mx.shop.example; dkim=pass header.d=khach.example'], 'khach.example', true],
    ['signed by the domain above', ['mx.shop.example; dkim=pass header.i=@khach.example'], 'thu.khach.example', true],
    ['signed by the domain below', ['mx.shop.example; dkim=pass header.d=thu.khach.example'], 'khach.example', true],
    ['signed by a neighbour under com.vn', ['mx.shop.example; dkim=pass header.d=sen.com.vn'], 'mai.com.vn', false],
    ['signed by a public suffix', ['mx.shop.example; dkim=pass header.d=com.vn'], 'mai.com.vn', false],
    [
      'signed by a domain that merely ends alike',
      ['mx.shop.example; dkim=pass header.d=h.example'],
      'khach.example',
      false,
    ],
    ['signed by a top-level name', ['mx.shop.example; dkim=pass header.d=example'], 'khach.example', false],
    ['signed by a mailing service', ['mx.shop.example; dkim=pass header.d=gui.example'], 'khach.example', false],
    [
      'signed, but DMARC failed',
      ['mx.shop.example; dkim=pass header.d=khach.example; dmarc=fail'],
      'khach.example',
      false,
    ],
    ['only SPF passed', ['mx.shop.example; spf=pass smtp.mailfrom=khach.example'], 'khach.example', false],
    ['a foreign server', ['mx.la.example; dmarc=pass'], 'khach.example', undefined],
    [
      'ours on top of a forged one',
      ['mx.shop.example; dmarc=fail', 'mx.shop.example; dmarc=pass'],
      'khach.example',
      false,
    ],
    ['ours below a foreign one', ['mx.la.example; dmarc=fail', 'mx.shop.example; dmarc=pass'], 'khach.example', true],
    ['no author', ['mx.shop.example; dmarc=pass'], undefined, false],
    ['no results', [], 'khach.example', undefined],
    ['results without an id, which we do not expect', [MICROSOFT], 'khach.example', undefined],
  ])('%s', (_label, values, domain, aligned) => {
    expect(trustedVerdict(fieldsOf(...values), border, domain)?.aligned).toBe(aligned);
  });

  it('counts results without an id only at the very top', () => {
    const microsoft = { authservIds: [], withoutId: true };
    expect(trustedVerdict(fieldsOf(MICROSOFT), microsoft, 'khach.example')?.aligned).toBe(true);
    expect(trustedVerdict(fieldsOf('mx.la.example; none', MICROSOFT), microsoft, 'khach.example')).toBeUndefined();
  });
});

describe('hostile results', () => {
  it.each([
    ['blanks', ` a${' '.repeat(16_000)}b`],
    ['opening brackets', '('.repeat(16_000)],
    ['semicolons', ';'.repeat(16_000)],
    ['equals signs', '= '.repeat(8_000)],
  ])('of %s are read at once', async (_label, text) => {
    const spent = await cpuMillisOf(() => {
      const fields = fieldsOf(...Array.from({ length: 60 }, () => `mx; dkim=pass${text}`));
      return trustedVerdict(fields, { authservIds: [], withoutId: false }, 'khach.example');
    });
    expect(spent).toBeLessThan(1_000);
  });
});
