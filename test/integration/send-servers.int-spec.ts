import { createRequire } from 'node:module';
import { messagingApi } from '@line/bot-sdk';
import { Bot, GrammyError, HttpError } from 'grammy';
import { createTransport } from 'nodemailer';
import {
  LINE_SEND_ERRORS,
  LineSendApi,
  MessageCentre,
  SMPP_REFUSALS,
  startSendServer,
  TELEGRAM_SEND_ERRORS,
  TelegramSendApi,
  TWILIO_SEND_ERRORS,
  TwilioSendApi,
  type SendApi,
  type SendServer,
} from '@app/simulators';
import twilio from 'twilio';
import { SMTP_REFUSALS, SmtpSink, type SmtpRefusal } from '../support/smtp-sink.js';

const clock = { now: () => new Date('2026-01-10T03:00:00.000Z') };
const TO = 'U0000000000000000000000000000000b';

let server: SendServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
const start = async (api: SendApi): Promise<SendServer> => (server = await startSendServer(api));

describe('the official client of LINE', () => {
  const message = { type: 'text', text: 'Dạ còn ạ 😊' } as const;
  const clientOf = ({ url }: SendServer) =>
    new messagingApi.MessagingApiClient({ channelAccessToken: 'truy-cap', baseURL: url });

  it('pushes, and is told what it sent when it repeats itself under one key', async () => {
    const api = new LineSendApi({ accessToken: 'truy-cap', clock });
    const client = clientOf(await start(api));
    const key = '123e4567-e89b-42d3-a456-426614174000';
    const { sentMessages } = await client.pushMessage({ to: TO, messages: [message] }, key);
    expect(sentMessages.map(({ id }) => id)).toEqual([`${api.sent[0]?.id}0`]);
    await expect(client.pushMessage({ to: TO, messages: [message] }, key)).rejects.toMatchObject({ status: 409 });
    expect(api.sent).toMatchObject([{ texts: ['Dạ còn ạ 😊'], isReply: false }]);
  });

  it('hears of limits and of tokens that are none', async () => {
    const at = await start(new LineSendApi({ accessToken: 'truy-cap', clock }));
    at.faults.next({ kind: 'answer', answer: LINE_SEND_ERRORS.rate.answer });
    await expect(clientOf(at).pushMessage({ to: TO, messages: [message] })).rejects.toMatchObject({ status: 429 });
    await expect(clientOf(at).replyMessage({ replyToken: 'khong-co', messages: [message] })).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('a client of Telegram', () => {
  const stage = async () => {
    const api = new TelegramSendApi({ token: '6900000001:AA', clock });
    api.chats.set(77, { id: 77, name: 'Bưởi', hasStarted: true });
    const at = await start(api);
    return { api, at, bot: new Bot('6900000001:AA', { client: { apiRoot: at.url } }) };
  };

  it('sends an answer to a message', async () => {
    const { api, bot } = await stage();
    const sent = await bot.api.sendMessage(77, 'Dạ còn ạ 😊', { reply_parameters: { message_id: 5 } });
    expect([sent.message_id, sent.text, sent.reply_to_message?.message_id]).toEqual([
      api.sent[0]?.id,
      'Dạ còn ạ 😊',
      5,
    ]);
  });

  it('reads how long it is to wait, and whom it may not write to', async () => {
    const { api, at, bot } = await stage();
    at.faults.next({ kind: 'answer', answer: TELEGRAM_SEND_ERRORS.rate.answer });
    const errors = await Promise.allSettled([bot.api.sendMessage(77, 'a')]);
    const error = (errors[0] as PromiseRejectedResult).reason as GrammyError;
    expect([error.error_code, error.parameters.retry_after]).toEqual([429, 5]);
    api.chats.get(77)!.hasBlocked = true;
    await expect(bot.api.sendMessage(77, 'a')).rejects.toMatchObject({ error_code: 403 });
  });

  it.each(['cut_before', 'cut_after', 'garbled'] as const)(
    'cannot know what became of a call that is %s',
    async (kind) => {
      const { api, at, bot } = await stage();
      at.faults.next({ kind });
      await expect(bot.api.sendMessage(77, 'a')).rejects.toBeInstanceOf(HttpError);
      expect(api.sent).toHaveLength(kind === 'cut_before' ? 0 : 1);
      await bot.api.sendMessage(77, 'a');
      expect(api.sent).toHaveLength(kind === 'cut_before' ? 1 : 2);
    },
  );

  it('waits in vain for a server that is silent', async () => {
    const { api, at } = await stage();
    const bot = new Bot('6900000001:AA', { client: { apiRoot: at.url, timeoutSeconds: 0.2 } });
    at.faults.next({ kind: 'silence' });
    await expect(bot.api.sendMessage(77, 'a')).rejects.toBeInstanceOf(HttpError);
    expect([api.sent.length, at.calls.length]).toEqual([0, 1]);
  });
});

describe('the official client of Twilio', () => {
  const accountSid = 'AC00000000000000000000000000000001';
  const stage = async () => {
    const api = new TwilioSendApi({
      accountSid,
      authToken: 'ma-bia-ra',
      number: '+842871000001',
      publicUrl: 'https://cs.example.vn/webhooks/sms/hotline',
      path: '/webhooks/sms/hotline',
      clock,
    });
    const at = await start(api);
    const client = twilio(accountSid, 'ma-bia-ra');
    // The client knows one host; all else it does by itself.
    const { httpClient } = client;
    const request = httpClient.request.bind(httpClient);
    httpClient.request = (options) =>
      request({ ...options, uri: String(options.uri).replace('https://api.twilio.com', at.url) });
    return { api, at, client };
  };

  it('sends a text and reads its id', async () => {
    const { api, client } = await stage();
    const sent = await client.messages.create({ to: '+84912345678', from: '+842871000001', body: 'Dạ còn ạ' });
    expect([sent.sid, sent.status, sent.numSegments]).toEqual([api.sent[0]?.sid, 'queued', '1']);
  });

  it('reads why a text is refused', async () => {
    const { api, at, client } = await stage();
    api.optedOut.add('+84912345678');
    const create = () => client.messages.create({ to: '+84912345678', from: '+842871000001', body: 'Dạ' });
    await expect(create()).rejects.toMatchObject({ status: 400, code: 21_610 });
    at.faults.next({ kind: 'answer', answer: TWILIO_SEND_ERRORS.rate.answer });
    await expect(create()).rejects.toMatchObject({ status: 429, code: 20_429 });
  });
});

interface SmppClient {
  bind_transceiver(fields: object, done: (answer: SmppPdu) => void): void;
  submit_sm(fields: object, done: (answer: SmppPdu) => void): void;
  on(event: string, listener: (pdu: SmppPdu) => void): void;
  send(pdu: SmppPdu): void;
  destroy(): void;
}
interface SmppPdu {
  readonly command_status: number;
  readonly message_id?: string;
  readonly receipted_message_id?: string;
  readonly message_state?: number;
  readonly short_message?: { readonly message: string };
  response(): SmppPdu;
}
const smpp = createRequire(import.meta.url)('smpp') as { connect(options: object): SmppClient };

describe('a client of SMPP', () => {
  let centre: MessageCentre;
  let client: SmppClient;
  let receipts: SmppPdu[];

  beforeEach(async () => {
    centre = await MessageCentre.start({ systemId: 'cuahang', password: 'matkhau' });
    client = smpp.connect({ url: `smpp://127.0.0.1:${centre.port}` });
    receipts = [];
    client.on('deliver_sm', (pdu) => {
      receipts.push(pdu);
      client.send(pdu.response());
    });
  });
  afterEach(async () => {
    client.destroy();
    await centre.stop();
  });
  const bind = async (): Promise<SmppPdu> =>
    await new Promise((resolve) => client.bind_transceiver({ system_id: 'cuahang', password: 'matkhau' }, resolve));
  const submit = async (fields: object = {}): Promise<SmppPdu> =>
    await new Promise((resolve) =>
      client.submit_sm(
        {
          source_addr: 'CUAHANG',
          destination_addr: '84912345678',
          data_coding: 8,
          registered_delivery: 1,
          short_message: 'Dạ còn ạ',
          ...fields,
        },
        resolve,
      ),
    );

  it.each([
    ['delivered', 2, 'stat:DELIVRD'],
    ['expired', 3, 'stat:EXPIRED'],
    ['undeliverable', 5, 'stat:UNDELIV'],
    ['rejected', 8, 'stat:REJECTD'],
  ] as const)('submits a text and hears that it was %s', async (fate, state, stat) => {
    await bind();
    centre.fates.set('84912345678', fate);
    const told = new Promise<void>((resolve) => client.on('deliver_sm', () => resolve()));
    const { command_status: status, message_id: id } = await submit();
    await told;
    expect([status, centre.submitted[0]?.id, centre.submitted[0]?.message]).toEqual([0, id, 'Dạ còn ạ']);
    expect(receipts).toMatchObject([{ receipted_message_id: id, message_state: state }]);
    expect(receipts[0]?.short_message?.message).toContain(stat);
  });

  it('is refused without a bind, at a wrong number, and as the script says; then it is taken', async () => {
    expect((await submit()).command_status).toBe(0x04);
    await bind();
    expect((await submit({ destination_addr: 'khach' })).command_status).toBe(SMPP_REFUSALS.destinationAddress);
    centre.refusals.push(SMPP_REFUSALS.throttled, SMPP_REFUSALS.queueFull);
    expect((await submit()).command_status).toBe(SMPP_REFUSALS.throttled);
    expect((await submit()).command_status).toBe(SMPP_REFUSALS.queueFull);
    expect((await submit({ registered_delivery: 0 })).command_status).toBe(0);
    expect([centre.submitted.length, receipts.length]).toEqual([1, 0]);
  });

  it('sends a part with its header', async () => {
    await bind();
    const udh = Buffer.from([0x00, 0x03, 0xa7, 2, 1]);
    await submit({
      esm_class: 0x40,
      registered_delivery: 0,
      short_message: { udh: Buffer.concat([Buffer.from([udh.length]), udh]), message: 'Dạ' },
    });
    expect(centre.submitted[0]).toMatchObject({ message: 'Dạ', udh });
  });
});

describe('a client of SMTP', () => {
  let sink: SmtpSink;
  beforeEach(async () => {
    sink = await SmtpSink.start({ user: 'hotro', password: 'mat-khau' });
  });
  afterEach(async () => {
    await sink.stop();
  });
  const send = async (password = 'mat-khau') =>
    await createTransport({
      host: '127.0.0.1',
      port: sink.port,
      secure: false,
      auth: { user: 'hotro', pass: password },
    }).sendMail({
      from: 'hotro@shop.example.vn',
      to: ['buoi@khach.example', 'man@khach.example'],
      subject: 'Đơn hàng',
      text: 'Dạ còn ạ',
    });

  it('sends a mail, which is taken whole', async () => {
    const { messageId, accepted } = await send();
    expect(accepted).toHaveLength(2);
    expect(sink.taken).toMatchObject([
      { from: 'hotro@shop.example.vn', to: ['buoi@khach.example', 'man@khach.example'] },
    ]);
    expect(sink.taken[0]?.source.toString()).toContain(messageId);
  });

  it.each(Object.entries<SmtpRefusal>(SMTP_REFUSALS))('is refused: %s', async (_name, refusal) => {
    // Every recipient of a mail is asked about.
    sink.refusals.push(refusal, refusal);
    await expect(send()).rejects.toMatchObject({ responseCode: refusal.code });
    expect(sink.taken).toEqual([]);
  });

  it('is refused with another password', async () => {
    await expect(send('khac')).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
  });

  it('cannot know of a mail that was taken while the line was cut', async () => {
    sink.cutAfterData = true;
    await expect(send()).rejects.toThrow();
    expect(sink.taken).toHaveLength(1);
    await send();
    expect(sink.taken).toHaveLength(2);
  });
});
