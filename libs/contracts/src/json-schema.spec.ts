import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  aCallReport,
  aDeletion,
  anEdit,
  anInboundMessage,
  anOrderReport,
  aPost,
  aReaction,
  aReadWatermark,
  aReceipt,
} from '@app/testkit';
import { DATA_TYPES, schemaDocument, schemaFiles, type DataType, type SchemaForm } from './json-schema.js';
import type { CustomerErased, CustomerMerged, CustomerUnmerged } from './customer-event.js';
import type { CustomerState, EntryAppended, IdentityState } from './timeline-entry.js';

const FOLDER = path.resolve(import.meta.dirname, '../schemas');
const AT = '2026-11-20T08:15:02.113Z';

const ownership = {
  customer_id: 'cus_204518',
  customer_ref: 'KH-2045184',
  identity_id: 'idn_42',
  conversation_id: 'cnv_0c1f2a34-5b6c-8d7e-9f00-112233445566',
  identity_version: 3,
};
const appended: EntryAppended = {
  ...ownership,
  entry: {
    entry_id: 'ent_0c1f2a34-5b6c-8d7e-9f00-112233445566',
    revision: 1,
    kind: 'message',
    direction: 'inbound',
    channel: 'zalo',
    account_id: 'oa-shop',
    author: { type: 'customer', id: 'idn_42' },
    occurred_at: AT,
    received_at: AT,
    stored_at: AT,
    state: 'visible',
    content: { type: 'image', text: 'Áo này còn không ạ?' },
    attachments: [
      { kind: 'image', state: 'pending', source: 'url', locator: 'https://cdn.example/ao.jpg', size_bytes: 9 },
    ],
    provider: { name: 'zalo', message_id: '96d3cdf3af150460909' },
    reactions: [{ actor: '7412', emoji: '❤' }],
    delivery: { status: 'read', occurred_at: AT },
    flags: ['late'],
  },
};
const identity: IdentityState = {
  identity_id: 'idn_42',
  customer_id: 'cus_204518',
  version: 2,
  kind: 'phone',
  status: 'active',
  updated_at: AT,
};
const customer: CustomerState = {
  customer_id: 'cus_204518',
  ref: 'KH-2045184',
  version: 42,
  status: 'active',
  canonical_id: 'cus_204518',
  display_name: 'Trần Thị Bưởi',
  identities: [{ identity_id: 'idn_42', kind: 'phone' }],
  last_entry_at: AT,
  entry_count: 12,
  updated_at: AT,
};

const identities = [{ identity_id: 'idn_42', version: 4 }];
const merged: CustomerMerged = {
  merge_id: 'mrg_1200',
  survivor_customer_id: 'cus_204518',
  absorbed_customer_id: 'cus_204527',
  role: 'absorbed',
  identities,
  reason: { kind: 'provider_link', rule: 'zalo.user_id_by_app', trust: 4 },
  actor: { type: 'system' },
  reversible: true,
  occurred_at: AT,
};
const unmerged: CustomerUnmerged = {
  unmerge_id: 'mrg_1201',
  merge_id: 'mrg_1200',
  source_customer_id: 'cus_204518',
  restored_customer_id: 'cus_204527',
  role: 'restored',
  identities,
  reason: { kind: 'manual', rule: 'agent.undo' },
  actor: { type: 'agent', id: 'lan' },
  occurred_at: AT,
};
const erased: CustomerErased = {
  erasure_id: 'ers_0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122',
  customer_id: 'cus_204518',
  identities: ['idn_42'],
  scope: 'full',
  requested_at: AT,
  effective_at: AT,
  physically_gone_by: '2026-12-06T08:15:02.113Z',
};

/** Records as producers send them; every type has at least one. */
const SAMPLES: readonly (readonly [DataType, object])[] = [
  ...[
    anInboundMessage(),
    anEdit(),
    aDeletion(),
    aReaction(),
    aReceipt(),
    aCallReport({
      call: {
        stage: 'answered',
        leg: { id: 'CA2', agent: '101', answered_at: AT },
        recording: { id: 'RE1', state: 'available', source: 'url', locator: 'https://api.example/RE1' },
      },
    }),
    anOrderReport({
      order: {
        number: 'DH-1042',
        status: 'created',
        total: 350_000,
        currency: 'VND',
        items: [{ name: 'Áo dài', quantity: 1 }],
      },
    }),
    aPost(),
    aReadWatermark({ until: new Date(AT) }),
  ].map((event) => [event.type, event.data] as const),
  ['omni.timeline.entry.appended', appended],
  ['omni.timeline.entry.changed', { ...appended, change: { reasons: ['edited'] } }],
  ['omni.identity.state', identity],
  ['omni.customer.state', customer],
  ['omni.customer.merged', merged],
  ['omni.customer.unmerged', unmerged],
  ['omni.customer.erased', erased],
];

const validators = new Map<string, ValidateFunction>();
function validator(type: DataType, form: SchemaForm): ValidateFunction {
  const key = `${form} ${type}`;
  const known = validators.get(key);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  ajv.addVocabulary(['x-extensible-enum']);
  const made = ajv.compile(schemaDocument(type, form));
  validators.set(key, made);
  return made;
}

/** A value of another type than the one given. */
const ofAnotherType = (value: unknown): unknown => (typeof value === 'string' ? 7 : 'chữ');

/** Copies of a record, each with the value at one path of another type. */
function* spoiled(value: unknown, at = ''): Generator<readonly [string, unknown]> {
  yield [at, ofAnotherType(value)];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    for (const [where, copy] of spoiled(item, `${at}/${key}`)) {
      yield [where, Array.isArray(value) ? value.with(Number(key), copy) : { ...value, [key]: copy }];
    }
  }
}

/** Copies of a record with a field that nobody knows, at one object each. */
function* enriched(value: unknown, at = ''): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, { ...value, moi_them: true }];
  for (const [key, item] of Object.entries(value)) {
    for (const [where, copy] of enriched(item, `${at}/${key}`)) {
      yield [where, Array.isArray(value) ? value.with(Number(key), copy) : { ...value, [key]: copy }];
    }
  }
}

describe('the published schemas', () => {
  it('are the files in libs/contracts/schemas (`npm run schemas` writes them)', () => {
    const files = schemaFiles();
    for (const { path: name, text } of files) {
      const file = path.join(FOLDER, name);
      expect(`${name}\n${existsSync(file) ? readFileSync(file, 'utf8') : 'missing'}`).toBe(`${name}\n${text}`);
    }
    const kept = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(kept.toSorted()).toEqual(files.map((file) => path.normalize(file.path)).toSorted());
  });

  it('cover every type, and every type has a sample here', () => {
    expect([...new Set(SAMPLES.map(([type]) => type))].toSorted()).toEqual([...DATA_TYPES].toSorted());
  });

  it.each(SAMPLES)('accept a record of %s in both forms', (type, sample) => {
    for (const form of ['open', 'closed'] as const) {
      const validate = validator(type, form);
      expect([validate(sample), validate.errors]).toEqual([true, null]);
    }
  });

  it.each(SAMPLES)('refuse a wrong type anywhere in a record of %s', (type, sample) => {
    for (const form of ['open', 'closed'] as const) {
      const accepted = [...spoiled(sample)].filter(([, copy]) => validator(type, form)(copy)).map(([where]) => where);
      expect(accepted).toEqual([]);
    }
  });

  it.each(SAMPLES)('let consumers ignore unknown fields of %s, and producers not send them', (type, sample) => {
    for (const [where, copy] of enriched(sample)) {
      expect([where, validator(type, 'open')(copy), validator(type, 'closed')(copy)]).toEqual([where, true, false]);
    }
  });

  it('keep open enumerations open and closed ones closed', () => {
    const validate = validator('omni.timeline.entry.appended', 'closed');
    expect(validate({ ...appended, entry: { ...appended.entry, kind: 'survey' } })).toBe(true);
    expect(validate({ ...appended, entry: { ...appended.entry, direction: 'sideways' } })).toBe(false);
  });

  it('describe every field and show an example of it', () => {
    const bare: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties = {} } = value as { properties?: Record<string, Record<string, unknown>> };
      for (const [name, field] of Object.entries(properties)) {
        const told = '$ref' in field || ('description' in field && 'examples' in field);
        if (!told) bare.push(`${at}/${name}`);
      }
      for (const [key, item] of Object.entries(value)) look(item, `${at}/${key}`);
    };
    for (const type of DATA_TYPES) look(schemaDocument(type, 'open'), type);
    expect(bare).toEqual([]);
  });
});
