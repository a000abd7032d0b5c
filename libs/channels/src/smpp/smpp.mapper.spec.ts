import type { MessageEdited, MessageReceived, ReceiptUpdated } from '@app/contracts';
import { INBOUND_SCHEMAS } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import fc from 'fast-check';
import type { ParsedEvent, PartSet } from '../channel-adapter.js';
import { userDataOf, type DeliverSm } from './deliver-sm.js';
import { decodeGsm7 } from './gsm7.js';
import { joinSmpp, mapDeliverSm, type MappedDelivery } from './smpp.mapper.js';
import { smppProvider } from './smpp.provider.js';

const account: ChannelAccount = {
  id: 'smsc',
  channel: 'sms',
  provider: 'smpp',
  externalId: '8085',
  settings: { host: 'smsc.nha-mang.example' },
  secrets: { system_id: 'cuahang', password: 'matkhau' },
};
const RECEIVED_AT = new Date('2026-03-03T03:00:00.000Z');
const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const sms = (message: Buffer, more: Partial<DeliverSm> = {}): DeliverSm => ({
  sourceAddress: '84912345678',
  sourceTon: 1,
  destinationAddress: '8085',
  esmClass: 0,
  dataCoding: 8,
  message,
  ...more,
});
const piece = (number: number, total: number, bytes: Buffer, more: Partial<DeliverSm> = {}): DeliverSm =>
  sms(Buffer.concat([Buffer.from([5, 0, 3, 0xa7, total, number]), bytes]), { esmClass: 0x40, ...more });

const partOf = (mapped: MappedDelivery) => {
  if (!('part' in mapped)) throw new Error('not a part');
  return mapped.part;
};
function joined(pdus: readonly DeliverSm[], over: Partial<PartSet> = {}, of = account): ParsedEvent {
  const parts = pdus.map((pdu) => partOf(mapDeliverSm(pdu, of, RECEIVED_AT)));
  const { total } = parts[0]!;
  return joinSmpp({ id: '7', total, firstAt: RECEIVED_AT, told: 0, parts, ...over }, of);
}
function strict({ event }: ParsedEvent) {
  expect(INBOUND_SCHEMAS[event.type].strict().safeParse(event.data).error).toBeUndefined();
  return event;
}
const messageOf = (...args: Parameters<typeof joined>): MessageReceived =>
  strict(joined(...args)).data as MessageReceived;
const reportOf = (pdu: DeliverSm, settings = {}): ReceiptUpdated | undefined => {
  const mapped = mapDeliverSm(pdu, { ...account, settings: { ...account.settings, ...settings } }, RECEIVED_AT);
  return 'receipt' in mapped ? (strict(mapped.receipt).data as ReceiptUpdated) : undefined;
};

describe('a message of a message centre', () => {
  it('is of the number that the network says, at the time of its first part', () => {
    expect(messageOf([sms(ucs2('Chào shop ạ'))])).toMatchObject({
      identity: { kind: 'phone', value: '+84912345678', authenticity: 'A2' },
      provider: { name: 'smpp', message_id: 'set:7', conversation_id: '+84912345678' },
      occurred_at: '2026-03-03T03:00:00.000Z',
      content: { type: 'text', text: 'Chào shop ạ' },
      verification: { method: 'pull' },
    });
  });

  it.each([
    ['a name', { sourceAddress: 'VIETCOMBANK', sourceTon: 5 }, 'sender_label'],
    ['a short code', { sourceAddress: '9029', sourceTon: 3 }, 'sender_label'],
    ['a number as at home', { sourceAddress: '0912345678', sourceTon: 2 }, 'phone'],
  ])('of %s is a %s', (_what, more, kind) => {
    expect(messageOf([sms(ucs2('alo'), more)]).identity.kind).toBe(kind);
  });

  it.each<[string, number, Buffer, object, string | undefined]>([
    ['the default alphabet', 0, Buffer.from([0x00, 0x1b, 0x65, 0x1b, 0x28, 0x7f, 0x41]), {}, '@€{àA'],
    ['a centre whose default is Latin-1', 0, Buffer.from('Chào', 'latin1'), { default_alphabet: 'latin1' }, 'Chào'],
    ['a centre whose default is UTF-8', 0, Buffer.from('Chào ạ'), { default_alphabet: 'utf8' }, 'Chào ạ'],
    ['ASCII', 1, Buffer.from('alo'), {}, 'alo'],
    ['Latin-1', 3, Buffer.from('Chào', 'latin1'), {}, 'Chào'],
    ['UCS-2 with an odd byte', 8, Buffer.concat([ucs2('ạ'), Buffer.from([1])]), {}, 'ạ'],
    ['a message that flashes', 0xf0, Buffer.from('OTP'), {}, 'OTP'],
    ['UCS-2 by the general group', 0x18, ucs2('ạ'), {}, 'ạ'],
    ['binary', 4, Buffer.from([1, 2, 3]), {}, ''],
    ['data of a class', 0xf5, Buffer.from([1, 2, 3]), {}, ''],
  ])('is read in %s', (_what, dataCoding, bytes, settings, text) => {
    const of = { ...account, settings: { ...account.settings, ...settings } };
    const { content, flags } = messageOf([sms(bytes, { dataCoding })], {}, of);
    expect([content.text, flags ?? []]).toEqual([text, text === '' ? ['unreadable'] : []]);
  });

  it('is joined by bytes, so that a character may be cut between parts', () => {
    const bytes = ucs2('Đặt 2 áo 😀 nhé');
    for (let at = 0; at <= bytes.length; at += 1) {
      const parts = [piece(1, 2, bytes.subarray(0, at)), piece(2, 2, bytes.subarray(at))];
      expect(messageOf(parts).content.text).toBe('Đặt 2 áo 😀 nhé');
    }
  });

  it('shows what is missing, and becomes whole by an edit', () => {
    const texts = ['Chị ơi ', 'cho em ', 'hai cái'].map(ucs2);
    const pieces = texts.map((bytes, index) => piece(index + 1, 3, bytes));
    expect(messageOf([pieces[0]!, pieces[2]!])).toMatchObject({
      content: { text: 'Chị ơi […]hai cái' },
      flags: ['partial'],
    });
    expect(messageOf([pieces[1]!]).content.text).toBe('[…]cho em […]');
    const { type, data, id } = strict(joined(pieces, { told: 2 }));
    expect(type).toBe('omni.inbound.message.edited');
    expect(data as MessageEdited).toMatchObject({
      content: { text: 'Chị ơi cho em hai cái' },
      edit_rank: 3,
      provider: { message_id: 'set:7', revision: '3' },
    });
    expect(id).not.toBe(joined(pieces).event.id);
  });

  it.each<[string, DeliverSm]>([
    ['8 bits', piece(2, 3, ucs2('a'))],
    ['16 bits', sms(Buffer.concat([Buffer.from([6, 8, 4, 1, 0xa7, 3, 2]), ucs2('a')]), { esmClass: 0x40 })],
    ['parameters', sms(ucs2('a'), { sar: { reference: 300, total: 3, number: 2 } })],
    [
      'another element before',
      sms(Buffer.concat([Buffer.from([8, 0x24, 1, 1, 0, 3, 9, 3, 2]), ucs2('a')]), { esmClass: 0x40 }),
    ],
  ])('says its part by %s', (_what, pdu) => {
    expect(partOf(mapDeliverSm(pdu, account, RECEIVED_AT))).toMatchObject({ number: 2, total: 3 });
    expect(userDataOf(pdu).bytes.equals(ucs2('a'))).toBe(true);
  });

  it('is of another set when anything about its parts differs, and never of that of a whole one', () => {
    const keys = [
      piece(1, 2, ucs2('a')),
      piece(1, 3, ucs2('a')),
      piece(1, 2, ucs2('a'), { sourceAddress: '84912345679' }),
      piece(1, 2, ucs2('a'), { destinationAddress: '8086' }),
      sms(ucs2('a')),
      sms(ucs2('b')),
    ].map((pdu) => partOf(mapDeliverSm(pdu, account, RECEIVED_AT)).setKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(partOf(mapDeliverSm(piece(2, 2, ucs2('b')), account, RECEIVED_AT)).setKey).toBe(keys[0]);
  });

  it('in the default alphabet has all 127 characters and the escape', () => {
    const text = decodeGsm7(Buffer.from(Array.from({ length: 128 }, (_, index) => index)));
    // The escape takes the character after it along, which has no other form.
    expect([...text]).toHaveLength(127);
    expect(new Set(text).size).toBe(127);
    expect(decodeGsm7(Buffer.from([0x80, 0x1b]))).toBe('\ufffd');
  });
});

describe('a receipt of a message centre', () => {
  const TEXT = 'id:0A1B2C sub:001 dlvrd:001 submit date:2603031000 done date:2603031001 stat:DELIVRD err:000 text:alo';
  const receipt = (text: string, more: Partial<DeliverSm> = {}): DeliverSm =>
    sms(Buffer.from(text), { esmClass: 0x04, dataCoding: 0, ...more });

  it('tells what became of a message, when it says', () => {
    expect(reportOf(receipt(TEXT))).toMatchObject({
      status: 'delivered',
      message_ids: ['a1b2c'],
      direction: 'echo',
      occurred_at: '2026-03-03T03:01:00.000Z',
      identity: { value: '+84912345678' },
    });
  });

  it.each([
    ['ENROUTE', 'accepted'],
    ['ACCEPTD', 'accepted'],
    ['DELIVRD', 'delivered'],
    ['EXPIRED', 'expired'],
    ['DELETED', 'failed'],
    ['undeliv', 'failed'],
    ['REJECTD', 'failed'],
    ['UNKNOWN', undefined],
    ['MAYBE', undefined],
  ])('%s is %s', (word, status) => {
    expect(reportOf(receipt(TEXT.replace('DELIVRD', word).replace('err:000', 'err:069')))?.status).toBe(status);
  });

  it('is read by its parameters first, and without an id in its words', () => {
    const more = { receiptedMessageId: '00FF', messageState: 5 };
    expect(reportOf(receipt('', more))).toMatchObject({ status: 'failed', message_ids: ['ff'] });
    expect(reportOf(receipt(TEXT, { ...more, messageState: 3 }))).toMatchObject({
      status: 'expired',
      message_ids: ['ff'],
    });
  });

  it('is read although its ASCII calls itself UCS-2', () => {
    expect(reportOf(receipt(TEXT, { dataCoding: 8 }))?.status).toBe('delivered');
    expect(reportOf(sms(ucs2(TEXT), { esmClass: 4 }))?.status).toBe('delivered');
  });

  it.each([
    ['same', '0A1B2C', 'a1b2c'],
    ['hex_to_decimal', '0A1B2C', '662316'],
    ['hex_to_decimal', 'FFFFFFFFFFFFFFFF', '18446744073709551615'],
    ['decimal_to_hex', '662316', 'a1b2c'],
    ['decimal_to_hex', 'x-1', 'x-1'],
  ])('names the message as the answer did: %s of %s', (receipt_ids, id, expected) => {
    expect(reportOf(receipt(TEXT.replace('0A1B2C', id)), { receipt_ids })?.message_ids).toEqual([expected]);
  });

  it('that says nothing is set aside with its bytes', () => {
    for (const text of ['', 'stat:DELIVRD', 'id:1', 'Cảm ơn']) {
      const mapped = mapDeliverSm(receipt(text), account, RECEIVED_AT);
      expect('rejected' in mapped && mapped.rejected).toMatchObject({ code: 'unsupported_content' });
    }
  });
});

describe('anything that a message centre may send', () => {
  it('is a message, a receipt or set aside, always the same, and never a fault', () => {
    const pdus = fc.record({
      sourceAddress: fc.string({ maxLength: 21 }),
      sourceTon: fc.nat(255),
      destinationAddress: fc.string({ maxLength: 21 }),
      esmClass: fc.nat(255),
      dataCoding: fc.nat(255),
      message: fc.uint8Array({ maxLength: 254 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(pdus, (pdu) => {
        const mapped = mapDeliverSm(pdu, account, RECEIVED_AT);
        expect(mapDeliverSm({ ...pdu, message: Buffer.from(pdu.message) }, account, RECEIVED_AT)).toEqual(mapped);
        if ('part' in mapped)
          strict(
            joinSmpp(
              { id: '1', told: 0, firstAt: RECEIVED_AT, total: mapped.part.total, parts: [mapped.part] },
              account,
            ),
          );
        if ('receipt' in mapped) strict(mapped.receipt);
      }),
      { numRuns: 1_000 },
    );
  });

  it('needs a host, a name that SMPP can carry, and a password', () => {
    expect(smppProvider.checkAccount(account)).toEqual([]);
    const bare = { ...account, settings: {}, secrets: { system_id: 'dai-hon-muoi-lam-ky-tu' } };
    expect(smppProvider.checkAccount(bare).map((problem) => problem.split(':')[0])).toEqual([
      'settings.host',
      'secrets.system_id',
      'secrets.password',
    ]);
  });
});
