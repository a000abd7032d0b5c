import { NoAnswerError, PublishedRecords } from './published-records.js';

const MINUTE_MS = 60_000;

/** DNS of a test: what it says is set, and questions are counted. */
class Dns {
  readonly asked: string[] = [];
  says: (name: string) => Promise<string[][]> = () => Promise.resolve([['v=DKIM1; ', 'p=abc']]);

  readonly ask = async (name: string): Promise<string[][]> => {
    this.asked.push(name);
    return await this.says(name);
  };
}

const failing =
  (code: string) =>
  (name: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`queryTxt ${code} ${name}`), { code }));

describe('PublishedRecords', () => {
  let dns: Dns;
  let nowMs: number;
  let records: PublishedRecords;

  beforeEach(() => {
    dns = new Dns();
    nowMs = Date.parse('2026-03-03T03:00:00Z');
    records = new PublishedRecords(dns.ask, { now: () => new Date(nowMs) });
  });

  it('asks once for a name, however often and in whatever case it is wanted at the same time', async () => {
    const answers = await Promise.all([
      records.textOf('s1._domainkey.Khach.example'),
      records.textOf('s1._domainkey.khach.example'),
    ]);
    expect(answers).toEqual([[['v=DKIM1; ', 'p=abc']], [['v=DKIM1; ', 'p=abc']]]);
    expect(dns.asked).toHaveLength(1);
  });

  it.each<[string, (name: string) => Promise<string[][]>, number]>([
    ['what is found an hour', () => Promise.resolve([['v=DKIM1; p=abc']]), 60],
    ['that there is nothing five minutes', failing('ENOTFOUND'), 5],
    ['that there is no text five minutes', failing('ENODATA'), 5],
    ['that there was no answer half a minute', failing('ESERVFAIL'), 0.5],
  ])('keeps %s', async (_label, says, minutes) => {
    dns.says = says;
    await records.textOf('a.example').catch(() => undefined);
    nowMs += minutes * MINUTE_MS - 1;
    await records.textOf('a.example').catch(() => undefined);
    expect(dns.asked).toHaveLength(1);
    nowMs += 2;
    await records.textOf('a.example').catch(() => undefined);
    expect(dns.asked).toHaveLength(2);
  });

  it('tells nothing from no answer', async () => {
    dns.says = failing('ENOTFOUND');
    await expect(records.textOf('a.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    dns.says = failing('ECONNREFUSED');
    await expect(records.textOf('b.example')).rejects.toBeInstanceOf(NoAnswerError);
  });

  it('asks nothing for a minute after five questions in a row without an answer', async () => {
    dns.says = failing('ETIMEOUT');
    for (let number = 0; number < 7; number++) {
      await expect(records.textOf(`${number}.example`)).rejects.toBeInstanceOf(NoAnswerError);
    }
    expect(dns.asked).toHaveLength(5);
    dns.says = () => Promise.resolve([['v=DKIM1; p=abc']]);
    nowMs += MINUTE_MS + 1;
    await expect(records.textOf('0.example')).resolves.toHaveLength(1);
  });

  it('goes on asking while there is an answer now and then', async () => {
    for (let number = 0; number < 20; number++) {
      dns.says = number % 4 === 3 ? failing('ENOTFOUND') : failing('ETIMEOUT');
      await records.textOf(`${number}.example`).catch(() => undefined);
    }
    expect(dns.asked).toHaveLength(20);
  });

  it('forgets the names that it has known longest', async () => {
    for (let number = 0; number <= 5_000; number++) await records.textOf(`${number}.example`);
    await records.textOf('5000.example');
    expect(dns.asked).toHaveLength(5_001);
    await records.textOf('0.example');
    expect(dns.asked).toHaveLength(5_002);
  });
});
