import fc from 'fast-check';
import twilio from 'twilio/lib/webhooks/webhooks.js';
import { calledAddress, signedAddresses, twilioSignature, type FormPairs } from './twilio.signature.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const URL_1 = 'https://tin.cuahang.example/webhooks/twilio/sms?kenh=cskh';

const grouped = (pairs: FormPairs): Record<string, string | string[]> => {
  const groups: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of pairs) {
    const held = groups[name];
    groups[name] = held === undefined ? value : [...(Array.isArray(held) ? held : [held]), value];
  }
  return groups;
};

describe('twilioSignature', () => {
  it('matches the vector of a form', () => {
    const body =
      'MessageSid=SM11111111111111111111111111111111&SmsSid=SM11111111111111111111111111111111' +
      '&SmsMessageSid=SM11111111111111111111111111111111&AccountSid=AC22222222222222222222222222222222' +
      '&From=%2B84912345678&To=%2B84888000111&Body=Ch%C3%A0o+shop%2C+c%C3%B2n+h%C3%A0ng+kh%C3%B4ng+%E1%BA%A1%3F' +
      '&NumSegments=1&NumMedia=0&SmsStatus=received&ApiVersion=2010-04-01&FromCountry=VN&ToCountry=VN';
    expect(twilioSignature(TOKEN, URL_1, [...new URLSearchParams(body)])).toBe('aznD3omNUkLClVa9tDE3oXh9f8s=');
  });

  it('matches the vector of repeated names', () => {
    const pairs = [...new URLSearchParams('A=2&A=1&A=1&B=x')];
    expect(twilioSignature(TOKEN, 'https://h.example/p', pairs)).toBe('CgYzc/8t+WqBt5pj1QmNHqrbaPs=');
  });

  it('matches the vector of JSON', () => {
    const digest = '8e72425cb0ae37286bca22d0de7d029568bfdc80e756696d14ba8d71a6f7f315';
    const url = `https://tin.cuahang.example/webhooks/twilio/json?bodySHA256=${digest}`;
    expect(twilioSignature(TOKEN, url, [])).toBe('LuADTTLyeqeAADe05oqUs5+suuQ=');
  });

  it('agrees with the official library on any form', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text !== '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' }))), (pairs) => {
        const expected = twilio.getExpectedTwilioSignature(TOKEN, URL_1, grouped(pairs));
        expect(twilioSignature(TOKEN, URL_1, pairs)).toBe(expected);
      }),
    );
  });
});

describe('signedAddresses', () => {
  const pairs: FormPairs = [['Body', 'Chào']];
  const forms = [
    'https://cs.example.vn/webhooks/sms/hotline',
    'https://cs.example.vn:443/webhooks/sms/hotline?a=1',
    'https://cs.example.vn:8443/webhooks/sms/hotline?a=1',
    'http://cs.example.vn/webhooks/sms/hotline?a=it%27s',
    "https://cs.example.vn/webhooks/sms/hotline?a=it's&b=%20x",
    'https://user:pass@cs.example.vn/webhooks/sms/hotline?x=1&x=2',
    'https://[2001:db8::1]:8443/p?q=Ch%C3%A0o',
    'https://cs.example.vn?x=1',
  ];

  it.each(forms)('accepts whatever form of %s the official library signs', (url) => {
    for (const signed of [url, ...signedAddresses(url)]) {
      const signature = twilio.getExpectedTwilioSignature(TOKEN, signed, { Body: 'Chào' });
      const theirs = twilio.validateRequest(TOKEN, signature, url, { Body: 'Chào' });
      const ours = signedAddresses(url).some((form) => twilioSignature(TOKEN, form, pairs) === signature);
      expect({ signed, accepted: ours }).toEqual({ signed, accepted: theirs });
    }
  });

  it.each([
    ['another scheme', 'http://cs.example.vn/p?a=1'],
    ['another path', 'https://cs.example.vn/q?a=1'],
    ['no query', 'https://cs.example.vn/p'],
    ['another port', 'https://cs.example.vn:8443/p?a=1'],
    ['another host', 'https://cs.example.com/p?a=1'],
  ])('does not accept %s', (_name, signed) => {
    const ours = 'https://cs.example.vn/p?a=1';
    const signature = twilioSignature(TOKEN, signed, pairs);
    expect(twilio.validateRequest(TOKEN, signature, ours, { Body: 'Chào' })).toBe(false);
    expect(signedAddresses(ours).map((form) => twilioSignature(TOKEN, form, pairs))).not.toContain(signature);
  });
});

describe('calledAddress', () => {
  it('joins our address with the query as received, undecoded', () => {
    expect(calledAddress('https://cs.example.vn/webhooks/sms/hotline', '/internal/hotline?a=%27&b=')).toBe(
      'https://cs.example.vn/webhooks/sms/hotline?a=%27&b=',
    );
  });

  it('leaves out the query and the connection overrides of the setting', () => {
    expect(calledAddress('https://cs.example.vn/p?old=1#rc=4&rp=5xx', '/p')).toBe('https://cs.example.vn/p');
  });
});
