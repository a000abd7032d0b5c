import { dataSchemaOf, INBOUND_TYPES, inboundEventId, toHeaders, type MessageReceived } from '@app/contracts';
import type { StreamBatch, StreamRecord } from '@app/stream';

/** Composition of the messages: what a running shop sees. */
export interface Mix {
  /** Share of messages whose sender was never seen. */
  readonly newSenders: number;
  /** Share of messages that carry a display name (mails and comments do, chats do not). */
  readonly named: number;
}

/** 5 % unknown senders, a quarter with a name. */
export const STEADY: Mix = { newSenders: 0.05, named: 0.25 };

const ACCOUNT = 'fb-shop';
const PAGE = '106000000000001';

/** A small generator of numbers that gives the same series for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Provider's id of sender number `n` of those that exist already. */
export const knownSender = (n: number): string => String(7_400_000_000_000_000 + n);

/** Makes batches of messages whose ids never repeat within a run. */
export class MessageSource {
  private made = 0;
  private born = 0;
  private readonly random: () => number;

  constructor(
    private readonly run: string,
    private readonly knownSenders: number,
    private readonly mix: Mix,
    seed = 1,
  ) {
    this.random = seededRandom(seed);
  }

  batch(size: number): StreamBatch {
    const records = Array.from({ length: size }, (_, offset) => this.record(offset));
    return { topic: 'omni.inbound.messenger.v1', partition: 0, records };
  }

  private record(offset: number): StreamRecord {
    this.made += 1;
    const isNew = this.random() < this.mix.newSenders;
    if (isNew) this.born += 1;
    const sender = isNew ? `${this.run}-${this.born}` : knownSender(Math.floor(this.random() * this.knownSenders));
    const mid = `m_${this.run}_${this.made}`;
    const at = new Date(1_763_600_000_000 + this.made * 20);
    const name = this.random() < this.mix.named ? { display_name: `Nguyễn Thị ${sender.slice(-4)}` } : {};
    const data: MessageReceived = {
      channel: 'messenger',
      account_id: ACCOUNT,
      direction: 'inbound',
      identity: { kind: 'messenger_psid', scope: PAGE, value: sender, authenticity: 'A2', ...name },
      provider: { name: 'meta', message_id: mid, conversation_id: sender },
      message_kind: 'message',
      occurred_at: at.toISOString(),
      received_at: new Date(at.getTime() + 300).toISOString(),
      verification: { method: 'hmac' },
      content: {
        type: 'text',
        text: `Shop ơi, mẫu áo dài số ${this.made} còn size M không ạ? Giao về quận 7 mất mấy ngày?`,
      },
      raw: { media_type: 'application/json', encoding: 'utf8', data: `{"mid":"${mid}","text":"Shop ơi, mẫu áo dài"}` },
    };
    return {
      topic: 'omni.inbound.messenger.v1',
      partition: 0,
      offset: BigInt(offset),
      key: sender,
      value: Buffer.from(JSON.stringify(data)),
      headers: toHeaders({
        id: inboundEventId({ accountId: ACCOUNT, eventKind: 'message', messageId: mid }),
        source: `/connectors/messenger/${ACCOUNT}`,
        type: INBOUND_TYPES.received,
        subject: sender,
        time: data.occurred_at,
        recordedtime: data.received_at,
        dataschema: dataSchemaOf(INBOUND_TYPES.received),
        partitionkey: sender,
        correlationid: mid,
        dataclassification: 'confidential',
      }),
      timestamp: at,
    };
  }
}
