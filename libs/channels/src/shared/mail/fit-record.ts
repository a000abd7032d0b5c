import { MAX_RECORD_BYTES, type MessageReceived } from '@app/contracts';

/** What headers take beside the value. */
const HEADER_BYTES = 4_096;
const LIMIT_BYTES = MAX_RECORD_BYTES - HEADER_BYTES;

/** The longest that one character becomes in JSON: `\\u001f`. */
const MOST_BYTES_PER_CHAR = 6;
/** What a number, a brace, a comma or a pair of quotes may take. */
const MOST_BYTES_BESIDE = 32;

/** Not less than the bytes that a value takes as JSON, found without writing it: nearly every mail is far below the limit. */
function mostBytesOf(value: unknown): number {
  if (typeof value === 'string') return MOST_BYTES_BESIDE + value.length * MOST_BYTES_PER_CHAR;
  if (typeof value !== 'object' || value === null) return MOST_BYTES_BESIDE;
  let sum = MOST_BYTES_BESIDE;
  for (const [name, part] of Object.entries(value)) sum += name.length + MOST_BYTES_BESIDE + mostBytesOf(part);
  return sum;
}

const sizeOf = (data: MessageReceived): number => Buffer.byteLength(JSON.stringify(data));

const halved = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : text.slice(0, Math.floor(text.length / 2)).toWellFormed();

/** Each makes an event smaller; the original mail is kept whole elsewhere, so nothing is lost. */
const REDUCTIONS: readonly ((data: MessageReceived) => MessageReceived)[] = [
  (data) => ({ ...data, attachments: data.attachments?.slice(0, 60) }),
  (data) => ({ ...data, mail: data.mail && { ...data.mail, references: data.mail.references.slice(-5) } }),
  (data) => ({ ...data, mail: data.mail && { ...data.mail, to: data.mail.to.slice(0, 10), cc: [] } }),
  ...Array.from({ length: 6 }, () => (data: MessageReceived) => ({
    ...data,
    content: { ...data.content, text: halved(data.content.text), visible_text: halved(data.content.visible_text) },
  })),
];

/** Cuts an event until it fits into a record and flags it `truncated`; one that fits comes back as it is. */
export function fitIntoRecord(data: MessageReceived): MessageReceived {
  if (mostBytesOf(data) <= LIMIT_BYTES) return data;
  let fitting = data;
  for (const reduce of REDUCTIONS) {
    if (sizeOf(fitting) <= LIMIT_BYTES) break;
    fitting = reduce(fitting);
  }
  if (fitting === data) return data;
  return { ...fitting, flags: [...new Set([...(fitting.flags ?? []), 'truncated'])] };
}
