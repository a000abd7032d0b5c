import { MAX_RECORD_BYTES, type InboundEvent } from '@app/contracts';
import { exceedsRecord, rawElement, rejectElement } from './element.js';

describe('rawElement', () => {
  it('keeps UTF-8 as text and everything else as base64, byte for byte', () => {
    expect(rawElement(Buffer.from('{"text":"ạ"}'))).toEqual({
      media_type: 'application/json',
      encoding: 'utf8',
      data: '{"text":"ạ"}',
    });
    const broken = Buffer.from([0x22, 0xc3, 0x22]);
    const raw = rawElement(broken, 'text/plain', '{"entry":{}}');
    expect(raw).toMatchObject({ media_type: 'text/plain', encoding: 'base64', context: '{"entry":{}}' });
    expect(Buffer.from(raw.data, 'base64')).toEqual(broken);
  });
});

describe('rejectElement', () => {
  it('has one key for the same bytes on the same account only', () => {
    const key = (accountId: string, text: string) =>
      rejectElement('schema_invalid', 'no mid', { accountId, bytes: Buffer.from(text) }).key;
    expect(key('a', 'x')).toBe(key('a', 'x'));
    expect(new Set([key('a', 'x'), key('b', 'x'), key('a', 'y')]).size).toBe(3);
  });

  it('cuts a long detail to 512 bytes without breaking a character', () => {
    const { detail } = rejectElement('internal', `x${'ạ😊'.repeat(300)}`, { accountId: 'a', bytes: Buffer.alloc(0) });
    expect(Buffer.byteLength(detail)).toBeLessThanOrEqual(512);
    expect(Buffer.byteLength(detail)).toBeGreaterThan(505);
    expect(detail.isWellFormed()).toBe(true);
  });
});

describe('exceedsRecord', () => {
  const event = (data: string) => ({ data }) as unknown as InboundEvent;
  it('counts the bytes of the event as it will be written', () => {
    const bytes = MAX_RECORD_BYTES / 2;
    expect(exceedsRecord(event('x'.repeat(bytes)), bytes)).toBe(false);
    expect(exceedsRecord(event('"'.repeat(bytes)), bytes)).toBe(true);
  });
});
