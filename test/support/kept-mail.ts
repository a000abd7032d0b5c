import { parseMail, type PulledMail } from '@app/channels';
import type { InboundEvent } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { BlobRepository, type Database } from '@app/persistence';

const account: ChannelAccount = {
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@cuahang.example',
  settings: { imap: { host: '127.0.0.1', port: 1143 } },
  secrets: { user: 'hotro', password: 'x' },
};

/** Stores the bytes of a mail as its connector does, before anybody is told of it. @returns its event */
export async function keepMail(database: Database, source: Buffer): Promise<InboundEvent> {
  const place = { sizeBytes: source.length, folder: 'INBOX', uidValidity: '1', uid: 1, backfill: false };
  const mail: PulledMail = { ...place, source, extent: 'whole' };
  const context = { account, receivedAt: new Date('2026-11-20T05:00:00.000Z'), timeoutMs: 10_000 };
  const { event, blobs } = await parseMail(mail, context);
  await new BlobRepository(database).putAll(blobs);
  return event;
}
