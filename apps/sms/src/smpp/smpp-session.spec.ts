import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { joinSmpp, mapDeliverSm, readSmppSettings, type DeliverSm } from '@app/channels';
import type { MessageReceived, ReceiptUpdated } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { SmppSession, type DeliveryAnswer } from './smpp-session.js';

/** PDUs of the reference, byte for byte. */
const BIND = '0000002500000009000000000000000163756168616e67006d61746b686175000034000000';
const BOUND = '00000012800000090000000000000001' + '7400';
const SHORT =
  '0000004600000005000000000000000200010138343931323334353637380000013830383500000000000000000800160043006800e0006f002000730068006f007000201ea1';
const PARTS = [
  '000000bc000000050000000000000003000101383439313233343536373800000138303835004000000000000008008c050003a7020100530068006f0070002001a10069002000630068006f00200065006d002000681ecf0069002000e1006f0020006b0068006f00e100630020006e1eef0020006d00e00075002001110065006e002000730069007a00650020004d0020006300f2006e0020006800e0006e00670020006b006800f4006e006700201ea1003f00200045006d0020',
  '000000b80000000500000000000000040001013834393132333435363738000001383038350040000000000000080088050003a7020200631ea7006e0020006700690061006f00200074007201b01edb00630020007400681ee90020005300e100750020007400751ea7006e0020006e00e00079002c0020006e1ebf00750020006300f2006e00200074006800ec0020006700691eef00200067006900fa007000200065006d0020006d1ed900740020006300e10069002e',
];
const RECEIPT =
  '000000a2000000050000000000000005000101383439313233343536373800000038303835000400000000000000006269643a304131423243207375623a30303120646c7672643a303031207375626d697420646174653a3235303330333130303020646f6e6520646174653a3235303330333130303120737461743a44454c49565244206572723a30303020746578743a001e0007306131623263000427000102';
/** Answers to deliveries 2 to 5, and that the broker is away. */
const KEPT = (sequence: number): string => `000000118000000500000000${sequence.toString(16).padStart(8, '0')}00`;
const LATER = '00000010800000050000006400000002';
const ENQUIRE = '00000010000000150000000000000009';
const ENQUIRED = '00000010800000150000000000000009';
const UNREADABLE = 'ffffffff000000050000000000000006';

const TIMES = { connectMs: 5_000, answerMs: 5_000, enquireMs: 60_000, unbindMs: 50 };
const RECEIVED_AT = new Date('2025-03-03T03:02:00.000Z');

let server: Server;
let peer: Socket;
let received: string;
let seen: DeliverSm[];
let answer: DeliveryAnswer;
let session: SmppSession | undefined;

const account = (): ChannelAccount => ({
  id: 'smsc',
  channel: 'sms',
  provider: 'smpp',
  externalId: '8085',
  settings: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
  secrets: { system_id: 'cuahang', password: 'matkhau' },
});
const listener = {
  delivered: async (pdu: DeliverSm): Promise<DeliveryAnswer> => {
    seen.push(pdu);
    return await Promise.resolve(answer);
  },
  answered: (): void => undefined,
};
/** Bytes that came, once there are so many. */
async function bytes(hexDigits: number): Promise<string> {
  while (received.length < hexDigits) await once(peer, 'data');
  const taken = received.slice(0, hexDigits);
  received = received.slice(hexDigits);
  return taken;
}
const send = (...pdus: readonly string[]): void => void peer.write(Buffer.from(pdus.join(''), 'hex'));

beforeEach(async () => {
  received = '';
  seen = [];
  answer = 'kept';
  server = createServer((socket) => {
    peer = socket;
    socket.on('data', (data: Buffer) => (received += data.toString('hex')));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  session?.cut('over');
  peer.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Bound by an answer of these bytes. */
async function open(bound = BOUND, times = TIMES): Promise<SmppSession> {
  const connection = once(server, 'connection');
  const opening = SmppSession.open(readSmppSettings(account()), listener, times);
  await connection;
  if ((await bytes(BIND.length)) !== BIND) throw new Error('another bind than the reference has');
  send(bound);
  return (session = await opening);
}

describe('a bound session', () => {
  it('reads and answers what the reference sends', async () => {
    await open();
    send(SHORT, ...PARTS, RECEIPT);
    expect(await bytes(34 * 4)).toBe([2, 3, 4, 5].map(KEPT).join(''));
    const mapped = seen.map((pdu) => mapDeliverSm(pdu, account(), RECEIVED_AT));
    const parts = mapped.flatMap((one) => ('part' in one ? [one.part] : []));
    const set = (of: typeof parts) =>
      joinSmpp({ id: '1', total: of[0]!.total, firstAt: RECEIVED_AT, told: 0, parts: of }, account()).event
        .data as MessageReceived;
    expect(set(parts.slice(0, 1)).content.text).toBe('Chào shop ạ');
    expect(set(parts.slice(1)).content.text).toBe(
      'Shop ơi cho em hỏi áo khoác nữ màu đen size M còn hàng không ạ? Em cần giao trước thứ Sáu tuần này, nếu còn thì giữ giúp em một cái.',
    );
    expect(parts[1]!.setKey).toBe(parts[2]!.setKey);
    const receipt = mapped.flatMap((one) => ('receipt' in one ? [one.receipt.event.data as ReceiptUpdated] : []));
    expect(receipt).toMatchObject([
      { status: 'delivered', message_ids: ['a1b2c'], occurred_at: '2025-03-03T03:01:00.000Z' },
    ]);
  });

  it('asks to come again with what was not kept', async () => {
    answer = 'later';
    await open();
    send(SHORT);
    expect(await bytes(LATER.length)).toBe(LATER);
  });

  it('answers when its line is tried', async () => {
    await open();
    send(ENQUIRE);
    expect(await bytes(ENQUIRED.length)).toBe(ENQUIRED);
  });

  it('ends on what it cannot read', async () => {
    const mine = await open();
    send(UNREADABLE);
    expect(await mine.untilEnd()).toBe('broken');
  });

  it('ends when the centre does not answer any more', async () => {
    const mine = await open(BOUND, { ...TIMES, enquireMs: 1, answerMs: 30 });
    expect(await mine.untilEnd()).toBe('enquire_link: no answer');
  });

  it.each([
    ['0000001080000009' + '0000000e' + '00000001', 'bind refused: 0xe', true],
    ['0000001080000009' + '00000005' + '00000001', 'bind refused: 0x5', false],
  ])('is not bound by %s', async (bound, reason, refusesLogin) => {
    await expect(open(bound)).rejects.toMatchObject({ reason, refusesLogin });
  });
});
