import { composeMail } from '@app/simulators';
import { dovecotAvailability, startDovecot, type DovecotServer } from '../support/dovecot.js';
import { Installation, streamKinds } from '../support/installation.js';
import { testAccounts } from '../support/providers.js';
import { describeUnless } from '../support/skips.js';
import { until } from '../support/until.js';

const COPIES = { email: 1, unifier: 1, timeline: 1 } as const;
const START_TIMEOUT_MS = 240_000;
const APPEARS_WITHIN_MS = 90_000;
const BOX = { user: 'hotro', password: 'mat-khau' };

/** A mail whose author the border server vouches for. */
const mailFrom = (address: string, number: number): Buffer =>
  composeMail({
    messageId: `thu-${number}@${address.split('@')[1]}`,
    from: { name: 'Trần Thị Bưởi', address },
    to: { address: 'hotro@shop.example.vn' },
    subject: `Hỏi đơn hàng số ${number}`,
    date: new Date(Date.UTC(2026, 10, 20, 3, 0, number)),
    text: `Đơn hàng số ${number} của em tới đâu rồi ạ?`,
    authenticationResults: `mx.shop.example.vn; dmarc=pass header.from=${address.split('@')[1]}`,
  });

for (const { kind, unavailable } of streamKinds()) {
  describeUnless(unavailable ?? dovecotAvailability().reason)(`From mailbox to timeline, stream: ${kind}`, () => {
    let dovecot: DovecotServer;
    let installation: Installation;

    beforeAll(async () => {
      dovecot = await startDovecot([BOX]);
      installation = await Installation.start({ stream: kind, accounts: testAccounts(dovecot), copies: COPIES });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await installation.stop();
      await dovecot.stop();
    }, 120_000);

    const timelineOf = (address: string) => installation.client().timelineOf(`email:${address}`);
    const arrived = async (address: string, count: number): Promise<void> => {
      await until(async () => (await timelineOf(address)).length >= count, APPEARS_WITHIN_MS).catch(() => {
        throw new Error(`The mails did not arrive in time\n${installation.logs()}`);
      });
    };

    it(
      'shows a mail once, however many copies of it the mailbox holds',
      async () => {
        const address = 'buoi@khach.example';
        const [first, second] = [new Date('2026-11-20T03:00:01.000Z'), new Date('2026-11-20T03:00:02.000Z')];
        await dovecot.append(BOX.user, 'INBOX', [mailFrom(address, 1), mailFrom(address, 1)], first);
        await dovecot.append(BOX.user, 'INBOX', [mailFrom(address, 2)], second);
        await arrived(address, 2);
        const timeline = await timelineOf(address);
        expect(timeline.map(({ content }) => content?.subject)).toEqual(['Hỏi đơn hàng số 2', 'Hỏi đơn hàng số 1']);
        expect(timeline[1]).toMatchObject({
          channel: 'email',
          account_id: 'hotro',
          direction: 'inbound',
          occurred_at: '2026-11-20T03:00:01.000Z',
        });
        expect(timeline[1]?.content?.text).toContain('Đơn hàng số 1 của em tới đâu rồi ạ?');
        const appended = async () => await installation.client().events('omni.timeline.entry.appended');
        await until(async () => (await appended()).length >= 2, APPEARS_WITHIN_MS);
        expect(await appended()).toHaveLength(2);
      },
      APPEARS_WITHIN_MS * 2,
    );

    it(
      'loses and doubles none when the connector and the unifier are killed in the middle',
      async () => {
        const address = 'dao@khach.example';
        const numbers = Array.from({ length: 150 }, (_, index) => index + 1);
        const mails = numbers.map((number) => mailFrom(address, number));
        await dovecot.append(BOX.user, 'INBOX', mails.slice(0, 75));
        await arrived(address, 1);
        const victims = [installation.service('email'), installation.service('unifier')];
        await Promise.all(victims.map((victim) => victim.kill9()));
        await dovecot.append(BOX.user, 'INBOX', mails.slice(75));
        await Promise.all(victims.map((victim) => victim.launch()));
        await arrived(address, mails.length);
        // They arrived at the server within the same seconds, which is their place on the timeline: no order to expect.
        const subjects = (await timelineOf(address)).map(({ content }) => content?.subject).sort();
        expect(subjects).toEqual(numbers.map((number) => `Hỏi đơn hàng số ${number}`).sort());
      },
      APPEARS_WITHIN_MS * 3,
    );
  });
}
