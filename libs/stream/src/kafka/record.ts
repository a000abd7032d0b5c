import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { StreamRecord } from '../stream.js';

/** A record of kafkajs in our terms. Of a header that stands there more than once, the last one counts. */
export function toStreamRecord(topic: string, partition: number, message: KafkaMessage): StreamRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: message.headers === undefined ? {} : textHeaders(message.headers),
    timestamp: new Date(Number(message.timestamp)),
  };
}

function textHeaders(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined && last !== null) texts[name] = last.toString();
  }
  return texts;
}
