import twilio from 'twilio';
import { shortCodeChecksum } from './http-sms/short-code-gateway.js';
import { metaJson } from './meta/meta-json.js';
import { metaSignature } from './meta/meta-signature.js';
import { MetaPage } from './meta/meta-page.js';
import { TwilioNumber } from './twilio/twilio-number.js';
import { twilioSignature } from './twilio/twilio-signature.js';
import { ZaloOa } from './zalo/zalo-oa.js';
import { zaloSignature } from './zalo/zalo-signature.js';

describe('signature of Meta', () => {
  const appSecret = '5f0c3a1e9b7d4c2286aa41d09e6f7b38';
  const value = {
    object: 'page',
    entry: [
      {
        id: '100200300400500',
        time: 1767225600123,
        messaging: [
          {
            sender: { id: '7400000000000001' },
            recipient: { id: '100200300400500' },
            timestamp: 1767225599987,
            message: { mid: 'm_vec-0001', text: 'Chào shop, giá bao nhiêu? 😊 https://vi.example/ao' },
          },
        ],
      },
    ],
  };

  it('writes JSON as Meta does', () => {
    const body = metaJson(value);
    expect(body).toHaveLength(306);
    expect(body.toString()).toContain(
      String.raw`"Ch\u00e0o shop, gi\u00e1 bao nhi\u00eau? \ud83d\ude0a https:\/\/vi.example\/ao"`,
    );
  });

  it('agrees with the published vector', () => {
    expect(metaSignature(appSecret, metaJson(value))).toBe(
      'sha256=690507feb3db93066c7a09045f67e585012950a8447d0a6e79615de098e1117e',
    );
  });

  it('signs the bytes that it sends', () => {
    const page = new MetaPage({ pageId: '1', appSecret, path: '/webhooks/messenger/fb-shop' });
    const { body, headers } = page.chat([{ message: { mid: 'm_1', text: 'ạ' } }], new Date(0));
    expect(headers['x-hub-signature-256']).toBe(metaSignature(appSecret, body));
  });
});

describe('signature of Zalo', () => {
  it('agrees with the published vector', () => {
    const body = Buffer.from(
      '{"app_id":"4200000000000000001","user_id_by_app":"5500000000000000002","event_name":"user_send_text","timestamp":"1767225600123","sender":{"id":"6600000000000000003"},"recipient":{"id":"7700000000000000004"},"message":{"msg_id":"a1b2c3d4e5f60718293a","text":"Chào shop, còn size M không ạ? 😊"}}',
    );
    expect(body).toHaveLength(302);
    const input = {
      appId: '4200000000000000001',
      body,
      timestamp: '1767225600123',
      oaSecretKey: 'Zk9vM2xQw7Rt5YbN1cD8',
    };
    expect(zaloSignature(input)).toBe('mac=17e6ec0ef88c28d3c0ca299e8e3851b983a317df719a83357de6c5f7496fd3a5');
  });

  it('signs the bytes that it sends', () => {
    const oa = new ZaloOa({ appId: '42', oaSecretKey: 'khoá', path: '/webhooks/zalo/oa-shop' });
    const { body, headers } = oa.post({ event_name: 'follow', timestamp: '1767225601000' });
    const input = { appId: '42', body, timestamp: '1767225601000', oaSecretKey: 'khoá' };
    expect(headers['x-zevent-signature']).toBe(zaloSignature(input));
    expect(JSON.parse(body.toString())).toMatchObject({ app_id: '42', event_name: 'follow' });
  });
});

describe("signature of Twilio, checked by Twilio's own library", () => {
  const authToken = '0123456789abcdef0123456789abcdef';
  const publicUrl = 'http://127.0.0.1:3000/webhooks/sms/hotline-sms';
  const number = new TwilioNumber({
    accountSid: `AC${'2'.repeat(32)}`,
    authToken,
    number: '+842871000001',
    publicUrl,
    path: '/webhooks/sms/hotline-sms',
  });
  const accepts = ({ body, headers }: ReturnType<TwilioNumber['incoming']>, token = authToken): boolean =>
    twilio.validateRequest(
      token,
      headers['x-twilio-signature'] ?? '',
      publicUrl,
      Object.fromEntries(new URLSearchParams(body.toString())),
    );

  it.each([
    ['a text', { text: 'Chào shop, còn hàng không ạ? 😊 1+1=2 & 100 %' }],
    ['no text', { text: '' }],
    ['a picture', { text: 'ảnh', media: [{ url: 'https://api.example/m/1', mediaType: 'image/jpeg' }] }],
  ])('holds for %s', (_label, message) => {
    const request = number.incoming({ sid: `SM${'1'.repeat(32)}`, from: '+84912345678', ...message });
    expect(accepts(request)).toBe(true);
    expect(accepts(request, 'another token')).toBe(false);
  });

  it('holds for a status', () => {
    expect(
      accepts(number.status({ sid: `SM${'1'.repeat(32)}`, to: '+84912345678', status: 'failed', errorCode: '30003' })),
    ).toBe(true);
  });

  it('counts equal pairs once', () => {
    const form = new URLSearchParams('A=2&A=1&A=1&B=x');
    expect(twilioSignature(authToken, 'https://h.example/p', form)).toBe('CgYzc/8t+WqBt5pj1QmNHqrbaPs=');
    expect(
      twilio.validateRequest(authToken, 'CgYzc/8t+WqBt5pj1QmNHqrbaPs=', 'https://h.example/p', {
        A: ['2', '1', '1'],
        B: 'x',
      }),
    ).toBe(true);
  });
});

describe('checksum of a short code', () => {
  it('agrees with the published vector', () => {
    const options = { clientId: 'demo', secureKey: 'secure-key-demo' };
    const message = { requestId: '1297875832', phone: '84912345678', time: '1740970800' };
    expect(shortCodeChecksum(options, message)).toBe('x/JDLobRldKGJZLh3wPEDaC6TbiMKve1S7q64KUvafE=');
  });
});
