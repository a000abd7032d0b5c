import type { CustomerDetailRow, CustomerIdentityRow } from '@app/persistence';
import { toCustomer } from './customer.mapper.js';
import { customerSchema } from './customer.schema.js';

const identity: CustomerIdentityRow = {
  id: '42',
  kind: 'phone',
  scope: '',
  value: '+84912345678',
  state: 'active',
  first_seen: '2026-11-20T15:15:02.113+07:00',
  last_seen: '2026-11-21T01:02:03.004005+00:00',
  has_avatar: false,
};
const aRow = (more: Partial<CustomerDetailRow> = {}): CustomerDetailRow => ({
  id: '9007199254740993',
  ref: 'KH-794623',
  kind: 'person',
  status: 'active',
  canonical_id: '9007199254740993',
  display_name: 'Trần Thị Bưởi',
  identities: [identity],
  channels: ['sms', 'zalo'],
  entry_count: 12,
  conversation_count: 2,
  last_entry_at: new Date('2026-11-21T01:02:03.004Z'),
  ...more,
});

describe('the customer as the API shows it', () => {
  it('has everything that is known, with exact ids and times in UTC', () => {
    const customer = toCustomer(aRow());
    expect(customer).toEqual({
      customer_id: 'cus_9007199254740993',
      ref: 'KH-794623',
      kind: 'person',
      status: 'active',
      canonical_id: 'cus_9007199254740993',
      display_name: 'Trần Thị Bưởi',
      identities: [
        {
          identity_id: 'idn_42',
          kind: 'phone',
          scope: '',
          value: '+84912345678',
          state: 'active',
          first_seen: '2026-11-20T08:15:02.113Z',
          last_seen: '2026-11-21T01:02:03.004Z',
        },
      ],
      channels: ['sms', 'zalo'],
      counts: { entries: 12, conversations: 2, identities: 1 },
      last_entry_at: '2026-11-21T01:02:03.004Z',
    });
    expect(customerSchema.strict().parse(customer)).toEqual(customer);
  });

  it('has the picture of the identity that was seen last', () => {
    const seen = (id: string, last: string | null, has: boolean): CustomerIdentityRow => ({
      ...identity,
      id,
      last_seen: last,
      has_avatar: has,
    });
    const { avatar, identities } = toCustomer(
      aRow({
        identities: [
          seen('1', null, true),
          seen('2', '2026-11-21T01:02:03.004005+00:00', true),
          seen('3', '2026-11-20T01:02:03.004005+00:00', true),
          seen('4', '2026-11-22T01:02:03.004005+00:00', false),
        ],
      }),
    );
    expect(avatar).toBe('/v1/identities/idn_2/avatar');
    expect(identities.map((one) => one.avatar)).toEqual([
      '/v1/identities/idn_1/avatar',
      '/v1/identities/idn_2/avatar',
      '/v1/identities/idn_3/avatar',
      undefined,
    ]);
  });

  it('leaves out what is not known or erased', () => {
    const erased = { ...identity, value: null, last_seen: null, state: 'erased' };
    const customer = toCustomer(aRow({ display_name: null, last_entry_at: null, identities: [erased] }));
    for (const name of ['display_name', 'last_entry_at', 'match']) expect(customer).not.toHaveProperty(name);
    for (const name of ['value', 'last_seen']) expect(customer.identities[0]).not.toHaveProperty(name);
    expect(customerSchema.strict().parse(customer)).toEqual(customer);
  });

  it('names the customer that a merged one went into', () => {
    expect(toCustomer(aRow({ status: 'merged', canonical_id: '7', identities: [] }))).toMatchObject({
      customer_id: 'cus_9007199254740993',
      status: 'merged',
      canonical_id: 'cus_7',
      counts: { identities: 0 },
    });
  });
});
