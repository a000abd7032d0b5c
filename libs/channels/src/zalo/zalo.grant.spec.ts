import { codeChallengeOf } from './zalo.grant.js';

it.each([
  // Ours, and the example of RFC 7636, appendix B.
  ['Zalo0verifier0made0up0ABCDEFGHIJKLMNOPQRSTU', 'MX1n0wIVJ4AqDuSrpt6_sPt01u6KKSGt8gd_8YJ8Oqw'],
  ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
])('the verifier %s is shown as its digest', (verifier, challenge) => {
  expect(codeChallengeOf(verifier)).toBe(challenge);
});
