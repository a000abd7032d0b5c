import { IDENTITY_KINDS } from '@app/contracts';
import { parseIdentityQuery } from './identity-query.js';

const PHONE = { kind: 'phone', scope: '', value: '+84912345678' };

describe('an identity that somebody asks for', () => {
  it.each([
    ['phone:+84912345678', PHONE],
    ['phone:0912 345 678', PHONE],
    ['phone:(0912) 345-678', PHONE],
    ['phone:84912345678', PHONE],
    ['  phone:0912345678  ', PHONE],
    ['phone:+1 202 555 0123', { kind: 'phone', scope: '', value: '+12025550123' }],
    ['email:Ha.Le@Khach.EXAMPLE', { kind: 'email', scope: '', value: 'ha.le@khach.example' }],
    ['email:hà@ví-dụ.example', { kind: 'email', scope: '', value: 'hà@xn--v-d-rma6749a.example' }],
    ['email_unverified:ha@khach.example', { kind: 'email_unverified', scope: '', value: 'ha@khach.example' }],
    ['messenger_psid:106:7412', { kind: 'messenger_psid', scope: '106', value: '7412' }],
    ['facebook_user:106:99', { kind: 'facebook_user', scope: '106', value: '99' }],
    ['zalo_user:oa-shop:84', { kind: 'zalo_user', scope: 'oa-shop', value: '84' }],
    ['zalo_anonymous:oa-shop:a:b', { kind: 'zalo_anonymous', scope: 'oa-shop', value: 'a:b' }],
    ['sender_label:hotline-sms:VÍ DỤ', { kind: 'sender_label', scope: 'hotline-sms', value: 'VÍ DỤ' }],
  ])('%s', (text, expected) => {
    expect(parseIdentityQuery(text)).toEqual(expected);
  });

  it('reads the blank that a query string makes of a plus sign', () => {
    expect(parseIdentityQuery('phone: 84912345678')).toEqual(PHONE);
    expect(parseIdentityQuery('phone: 12025550123')).toMatchObject({ value: '+12025550123' });
  });

  it('can be of every kind that the contract names', () => {
    const values: Record<string, string> = {
      phone: '0912345678',
      email: 'a@b.example',
      email_unverified: 'a@b.example',
    };
    for (const kind of IDENTITY_KINDS) {
      expect(parseIdentityQuery(`${kind}:${values[kind] ?? 'scope:value'}`)).toMatchObject({ kind });
    }
  });

  it.each([
    ['fax:0912345678', 'unknown_kind'],
    ['Phone:0912345678', 'unknown_kind'],
    ['constructor:a:b', 'unknown_kind'],
    ['0912345678', 'unknown_kind'],
    ['', 'unknown_kind'],
    ['phone:', 'value_missing'],
    ['phone:   ', 'value_missing'],
    ['phone:12', 'phone_invalid'],
    ['phone:VIDU', 'phone_invalid'],
    ['email:ha.khach.example', 'email_invalid'],
    ['email_unverified:<ha@khach.example>', 'email_invalid'],
    ['zalo_user:84', 'scope_missing'],
    ['zalo_user::84', 'scope_missing'],
    ['zalo_user:oa-shop:', 'value_missing'],
  ])('is refused: %s', (text, fault) => {
    expect(parseIdentityQuery(text)).toEqual({ fault });
  });
});
