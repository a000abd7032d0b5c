import { phoneIdentity } from './phone-identity.js';

const options = { accountId: 'hotline-sms', authenticity: 'A2' } as const;

describe('phoneIdentity', () => {
  it('identifies a person by a number that can be dialled', () => {
    expect(phoneIdentity('0912 345 678', options)).toEqual({
      kind: 'phone',
      scope: '',
      value: '+84912345678',
      authenticity: 'A2',
      claims: [],
    });
  });

  it('trusts a number of before 2018 less, and keeps its old form as a claim', () => {
    expect(phoneIdentity('01689123456', options)).toEqual({
      kind: 'phone',
      scope: '',
      value: '+84389123456',
      authenticity: 'A1',
      claims: [{ kind: 'phone', value: '01689123456', level: 2, source: 'numbering_plan_2018' }],
    });
  });

  it.each([
    ['8085', '8085'],
    ['VIETCOMBANK', 'VIETCOMBANK'],
    ['19001234', '19001234'],
    ['anonymous', 'hidden'],
    ['', 'hidden'],
    ['0000000000', '0000000000'],
  ])('never identifies anybody by %j', (text, value) => {
    expect(phoneIdentity(text, options)).toEqual({
      kind: 'sender_label',
      scope: 'hotline-sms',
      value,
      authenticity: 'A0',
      claims: [],
    });
  });
});
