import { checkedVerdict, type MailCheck } from './mail-check.js';

const author = { fromDomain: 'khach.example', trustedSealers: ['chuyen.example'] };
const holding = { coversFrom: true, coversBody: true };
const seal = { ...holding, sealer: 'chuyen.example', results: ' i=1; mx; dmarc=pass header.from=khach.example' };
const check: MailCheck = {
  fromDomain: 'khach.example',
  signatures: [{ ...holding, domain: 'khach.example', result: 'pass' }],
  policy: 'reject',
};

describe('what follows from a check', () => {
  it('is that the domain let the mail out', () => {
    expect(checkedVerdict(check, author)).toEqual({ dkim: 'pass', dmarc: 'pass', aligned: true });
  });

  it('is nothing when the checker read another author than the parser', () => {
    const deceived = { ...check, fromDomain: 'la.example', seal };
    expect(checkedVerdict(deceived, author).aligned).toBe(false);
  });

  it('is the same however the domain is written', () => {
    const wide = {
      ...check,
      fromDomain: 'CÔNG-TY.example',
      signatures: [{ ...holding, domain: 'công-ty.example', result: 'pass' }],
    };
    expect(checkedVerdict(wide, { ...author, fromDomain: 'xn--cng-ty-ixa.example' }).aligned).toBe(true);
  });

  it.each<[string, string, boolean]>([
    ['says so', seal.results, true],
    ['says so with a comment', ' i=2; mx 1; spf=none; dmarc=pass (p=NONE dmarc=fail) header.from=khach.example', true],
    ['says it twice, differently', `${seal.results}; dmarc=fail header.from=khach.example`, false],
    ['does not say for whom', ' i=1; mx; dmarc=pass', false],
    ['says it within a comment', ' i=1; mx; (dmarc=pass header.from=khach.example)', false],
  ])('by a forwarder that %s', (_label, results, aligned) => {
    const sealed = { ...check, signatures: [], seal: { ...seal, results } };
    expect(checkedVerdict(sealed, author).aligned).toBe(aligned);
  });
});
