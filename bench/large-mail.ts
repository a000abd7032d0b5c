import { parseMail } from '@app/channels';
import { anAccount } from '../test/support/email-service.js';
import { progress, type ResultTable } from './support/report.js';
import { formatSpread, spreadOf } from './support/statistics.js';

/** What a run of the benchmark costs. */
export interface LargeMailOptions {
  readonly rounds: number;
  readonly mebibytes: readonly number[];
}

const MEMORY_EVERY_MS = 5;
const MIB = 2 ** 20;

/** A mail of that size with one picture. */
function mailOf(mebibytes: number): Buffer {
  const picture = Buffer.alloc(Math.floor(mebibytes * MIB * 0.73), 'ảnh chụp đơn hàng ').toString('base64');
  const head =
    'From: ha@khach.example\r\nTo: hotro@shop.example.vn\r\nMessage-ID: <m@khach.example>\r\nContent-Type: multipart/mixed; boundary=ranh\r\n\r\n' +
    '--ranh\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nChào shop\r\n--ranh\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  return Buffer.from(`${head}${picture.replace(/.{76}/g, '$&\r\n')}\r\n--ranh--\r\n`);
}

/** Memory and time that reading one mail takes besides the mail itself. */
async function measure(source: Buffer): Promise<{ readonly mib: number; readonly ms: number }> {
  const mail = {
    source,
    extent: 'whole',
    sizeBytes: source.length,
    folder: 'INBOX',
    uidValidity: '1',
    uid: 1,
  } as const;
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(look, MEMORY_EVERY_MS);
  const since = performance.now();
  const context = { account: anAccount(1), receivedAt: new Date(), timeoutMs: 60_000 };
  const { outcome } = await parseMail({ ...mail, backfill: false }, context);
  const ms = performance.now() - since;
  clearInterval(timer);
  look();
  if (outcome !== 'parsed') throw new Error(`a mail of ${source.length} bytes is ${outcome}`);
  return { mib: (peak - before) / MIB, ms };
}

/** How memory grows with the size of a mail: its attachments stream through a digest. */
export async function benchLargeMail({ rounds, mebibytes }: LargeMailOptions): Promise<ResultTable> {
  const rows: string[][] = [];
  await measure(mailOf(1));
  for (const size of mebibytes) {
    const source = mailOf(size);
    const results: { mib: number; ms: number }[] = [];
    for (let round = 0; round < rounds; round += 1) results.push(await measure(source));
    const of = (pick: (one: { mib: number; ms: number }) => number): string =>
      formatSpread(spreadOf(results.map(pick)), 0);
    rows.push([`${size} MiB`, of(({ mib }) => mib), of(({ ms }) => ms)]);
    progress(`large-mail: ${size} MiB`);
  }
  return {
    title: 'Large mails',
    about: `Reading one mail with one attachment, ${rounds} times each: memory of the process above what it was with the mail in hand, and time.`,
    columns: ['mail', 'MiB more', 'ms'],
    rows,
  };
}
