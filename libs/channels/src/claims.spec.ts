import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Claim, MessageReceived } from '@app/contracts';
import { assessClaims, isClaimSource, trustOfSource } from '@app/identity';

interface Expected {
  readonly events: readonly { readonly type: string; readonly data: MessageReceived }[];
}

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.expected.json'),
);
const messages = files
  .flatMap((name) => (JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8')) as Expected).events)
  .filter(({ type }) => type === 'omni.inbound.message.received')
  .map(({ data }) => data);
const claims = messages.flatMap((data): readonly Claim[] => data.claims ?? []);

describe('the claims of all connectors', () => {
  it('come from sources of the table, at the level of the table', () => {
    const odd = claims.filter(({ source, level }) => !isClaimSource(source) || level !== trustOfSource(source));
    expect(odd).toEqual([]);
    expect([...new Set(claims.map(({ source }) => source))].sort()).toEqual([
      'messenger.prior_message',
      'messenger.quick_reply',
      'meta.page_scoped_id',
      'numbering_plan_2018',
      'order_feed',
      'telegram.contact_card',
      'telegram.own_contact',
      'viber.contact_card',
      'webform.fields',
      'whatsapp.changed_number',
      'whatsapp.contact_card',
      'whatsapp.shared_number',
      'whatsapp.user_id',
      'whatsapp.user_id_update',
      'zalo.business_card',
      'zalo.user_external_id',
      'zalo.user_id_by_app',
      'zalo.user_submit_info',
    ]);
  });

  it('are never of what the business wrote', () => {
    expect(messages.filter(({ direction, claims: made }) => direction === 'echo' && made !== undefined)).toEqual([]);
  });

  it('join people by what the provider itself vouches for alone', () => {
    const assessed = messages.map((data) => assessClaims(data, { ownValues: new Set() }));
    expect(assessed.filter(({ ok }) => !ok)).toEqual([]);
    const joining = assessed.flatMap((each) => (each.ok ? each.claims : [])).filter(({ trust }) => trust >= 3);
    expect(new Set(joining.map(({ kind, rule, trust }) => `${kind} ${rule} ${trust}`))).toEqual(
      new Set([
        'zalo_app_user zalo.user_id_by_app 4',
        'phone telegram.own_contact 4',
        'phone whatsapp.user_id 4',
        'phone whatsapp.shared_number 4',
        'whatsapp_user whatsapp.user_id_update 4',
      ]),
    );
  });
});
