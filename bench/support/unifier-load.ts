import type { MessageReceived } from '@app/contracts';
import { claimOf } from '@app/identity';
import type { StreamBatch, StreamRecord } from '@app/stream';
import { toRecord } from './inbound-record.js';

/** Composition of the messages: what a running shop sees. All are shares of the messages. */
export interface Mix {
  /** Whose sender was never seen. */
  readonly newSenders: number;
  /** That carry a display name (mails and comments do, chats do not). */
  readonly named: number;
  /** That prove once more what was proved before. */
  readonly knownEvidence: number;
  /** That prove another identity of a known sender, never seen before. */
  readonly attached: number;
  /** That prove two known customers to be one. */
  readonly merges: number;
}

/** 5 % unknown senders, a quarter with a name, 5 % with proof (identity design, section 4.4, mix "steady"). */
export const STEADY: Mix = { newSenders: 0.05, named: 0.25, knownEvidence: 0.03, attached: 0.015, merges: 0.005 };

const ACCOUNT = 'fb-shop';
const PAGE = '106000000000001';
/** Scope of the visitors. */
export const WIDGET = 'web';

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

/** Id of visitor number `n` of those that exist already. */
export const knownVisitor = (n: number): string => `khach-${n}`;

/** Visitors who are customers of their own until somebody turns out to be one of them; each is given out once. */
export class VisitorSupply {
  private given = 0;

  constructor(private readonly visitors: number) {}

  /** @throws Error when all were given out: the benchmark would measure less than it says */
  take(): string {
    if (this.given >= this.visitors) throw new Error(`no more than ${this.visitors} visitors`);
    this.given += 1;
    return knownVisitor(this.given - 1);
  }
}

/** What a message proves, and by whom. */
interface Proof {
  readonly sender: string;
  readonly visitor: string;
}

/** Makes batches of messages whose ids never repeat within a run. */
export class MessageSource {
  private made = 0;
  private born = 0;
  private readonly proved: Proof[] = [];
  private readonly random: () => number;

  /** @param visitors filled into the store before */
  constructor(
    private readonly run: string,
    private readonly knownSenders: number,
    private readonly mix: Mix,
    private readonly visitors: VisitorSupply,
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
    const proof = this.proof();
    const mid = `m_${this.run}_${this.made}`;
    const sender = proof?.sender ?? this.sender();
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
      ...(proof === undefined
        ? {}
        : { claims: [claimOf('external_id', visitorName(proof), 'livechat.signed_contact')] }),
      raw: { media_type: 'application/json', encoding: 'utf8', data: `{"mid":"${mid}","text":"Shop ơi, mẫu áo dài"}` },
    };
    return toRecord(data, BigInt(offset));
  }

  private known(): string {
    return knownSender(Math.floor(this.random() * this.knownSenders));
  }

  private sender(): string {
    const { newSenders, knownEvidence, attached, merges } = this.mix;
    // Of the messages without proof, which are fewer.
    if (this.random() >= newSenders / (1 - knownEvidence - attached - merges)) return this.known();
    this.born += 1;
    return `${this.run}-${this.born}`;
  }

  /** The first proof of a run cannot be a known one. */
  private proof(): Proof | undefined {
    const { knownEvidence, attached, merges } = this.mix;
    const luck = this.random();
    if (luck < merges) return this.remember({ sender: this.known(), visitor: this.visitors.take() });
    if (luck < merges + attached) return this.remember({ sender: this.known(), visitor: `${this.run}-${this.made}` });
    if (luck >= merges + attached + knownEvidence) return undefined;
    return this.proved[Math.floor(this.random() * this.proved.length)];
  }

  private remember(proof: Proof): Proof {
    this.proved.push(proof);
    return proof;
  }
}

const visitorName = ({ visitor }: Proof): string => `livechat_visitor:${WIDGET}:${visitor}`;
