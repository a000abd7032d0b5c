import {
  dataSchemaOf,
  entryId,
  INBOUND_TYPES,
  inboundEventId,
  toHeaders,
  type Claim,
  type InboundEvent,
} from '@app/contracts';
import type { StreamRecord } from '@app/stream';

/** Partitions of the log; a person always writes into the same one. */
export const PARTITIONS = 4;
/** People who are there before anybody new comes. */
const FIRST_PEOPLE = 40;
const ACCOUNT = 'widget';
const START = Date.UTC(2026, 9, 1);

/** Proof within a message that its writer and somebody else are one person. */
export interface LogProof {
  /** `kind:scope:value`. */
  readonly from: string;
  readonly to: string;
  readonly rule: string;
  readonly at: string;
}

/** A number between 0 and 1 that depends on nothing but its arguments. */
function chance(n: number, salt: number): number {
  let x = Math.imul(n ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

const peopleBefore = (n: number): number => FIRST_PEOPLE + Math.floor(n / 20);
const isNew = (n: number): boolean => n % 20 === 19;
/** Somebody who is known when message `n` is written. */
const someone = (n: number, salt: number): number => Math.floor(chance(n, salt) * peopleBefore(n));
const writerOf = (n: number): number => (isNew(n) ? peopleBefore(n) : someone(n, 1));
const visitor = (person: number): string => `v${person}`;

/** What message `n` brings along besides its text: 1.5 % an id that is new, 0.5 % somebody known, 10 % a mere claim. */
function claimsOf(n: number): Claim[] {
  const draw = chance(n, 2);
  const to = (value: string): Claim => ({ kind: 'external_id', value, level: 4, source: 'livechat.signed_contact' });
  if (draw < 0.015) return [to(`external:crm:KH${100_000 + (n % 7_919)}`)];
  if (draw < 0.02) return [to(`livechat_visitor:w:${visitor(someone(n, 3))}`)];
  if (draw > 0.9) {
    const number = `+8491${String(1_000_000 + someone(n, 4)).slice(-7)}`;
    return [{ kind: 'phone', value: number, level: 1, source: 'livechat.prechat' }];
  }
  return [];
}

const at = (n: number): string => new Date(START + n * 15_000).toISOString();

/** Message `n` of the log; always the same. */
export function messageAt(n: number): InboundEvent {
  const value = visitor(writerOf(n));
  const id = `chaos-${n}`;
  const claims = claimsOf(n);
  return {
    id: inboundEventId({ accountId: ACCOUNT, eventKind: 'message', messageId: id }),
    type: INBOUND_TYPES.received,
    data: {
      channel: 'livechat',
      account_id: ACCOUNT,
      direction: 'inbound',
      identity: { kind: 'livechat_visitor', scope: 'w', value, authenticity: 'A2', display_name: `Khách ${value}` },
      provider: { name: 'widget', message_id: id, conversation_id: value },
      message_kind: 'message',
      occurred_at: at(n),
      received_at: at(n),
      verification: { method: 'token' },
      raw: { media_type: 'application/json', encoding: 'utf8', data: '{}' },
      content: { type: 'text', text: `Tin số ${n}: đơn này tới đâu rồi ạ?` },
      ...(claims.length === 0 ? {} : { claims }),
    },
  };
}

/** Numbers of the messages in a partition, in their order. */
export function partitionOf(partition: number, messages: number): number[] {
  return Array.from({ length: messages }, (_, n) => n).filter((n) => writerOf(n) % PARTITIONS === partition);
}

/** Message `n` as a consumer reads it. */
export function recordAt(n: number, partition: number, offset: number): StreamRecord {
  const { id, type, data } = messageAt(n);
  const key = data.identity!.value;
  return {
    topic: 'omni.inbound.livechat.v1',
    partition,
    offset: BigInt(offset),
    key,
    value: Buffer.from(JSON.stringify(data)),
    headers: toHeaders({
      id,
      source: '/connectors/livechat/widget',
      type,
      subject: key,
      time: data.occurred_at,
      recordedtime: data.received_at,
      dataschema: dataSchemaOf(type),
      partitionkey: key,
      correlationid: `corr-${n}`,
      dataclassification: 'confidential',
    }),
    timestamp: new Date(data.received_at),
  };
}

/** Id of the entry that message `n` must have made. */
export const entryOf = (n: number): string => entryId(ACCOUNT, 'message', `chaos-${n}`);

/** Everything that the messages prove. */
export function proofsIn(messages: number): LogProof[] {
  const proofs: LogProof[] = [];
  for (let n = 0; n < messages; n += 1) {
    const proof = claimsOf(n).find(({ level }) => level === 4);
    const from = `livechat_visitor:w:${visitor(writerOf(n))}`;
    if (proof !== undefined && proof.value !== from) {
      proofs.push({ from, to: proof.value, rule: proof.source, at: at(n) });
    }
  }
  return proofs;
}

/** Everybody who writes. */
export const writersIn = (messages: number): ReadonlySet<string> =>
  new Set(Array.from({ length: messages }, (_, n) => `livechat_visitor:w:${visitor(writerOf(n))}`));
