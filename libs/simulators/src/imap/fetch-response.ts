import { bytesOfSection, parseBodySection, type BodySection } from './body-section.js';
import { wireBodyStructure } from './body-structure.js';
import { wireEnvelope } from './envelope.js';
import { parseMimePart } from './mime-part.js';
import type { StoredMail } from './simulated-mailbox.js';
import { wireDate } from './wire-text.js';

const MACROS: Readonly<Record<string, readonly string[]>> = {
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

/** Items of a FETCH with macros written out and the UID first where the command was UID FETCH. */
export function fetchItems(asked: readonly string[], withUid: boolean): readonly string[] {
  const items = asked.flatMap((item) => MACROS[item.toUpperCase()] ?? [item]);
  return withUid && !items.some((item) => item.toUpperCase() === 'UID') ? ['UID', ...items] : items;
}

function sectionResponse(raw: Buffer, { section, start, count }: BodySection): Buffer {
  const bytes = bytesOfSection(raw, section);
  const name = `BODY[${section}]${start === undefined ? '' : `<${start}>`}`;
  if (bytes === undefined) return Buffer.from(`${name} NIL`);
  const part = start === undefined ? bytes : bytes.subarray(start, start + (count ?? 0));
  return Buffer.concat([Buffer.from(`${name} {${part.length}}\r\n`), part]);
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** One item of a mail as the server writes it; undefined for an item that this server does not know. */
export function fetchResponse(mail: StoredMail, item: string): Buffer | undefined {
  const section = parseBodySection(item);
  if (section !== undefined) return sectionResponse(mail.raw, section);
  switch (item.toUpperCase()) {
    case 'UID':
      return latin1(`UID ${mail.uid}`);
    case 'FLAGS':
      return latin1(`FLAGS (${[...mail.flags].join(' ')})`);
    case 'INTERNALDATE':
      return latin1(`INTERNALDATE ${wireDate(mail.internalDate)}`);
    case 'RFC822.SIZE':
      return latin1(`RFC822.SIZE ${mail.raw.length}`);
    case 'ENVELOPE':
      return latin1(`ENVELOPE ${wireEnvelope(parseMimePart(mail.raw).fields)}`);
    case 'BODY':
    case 'BODYSTRUCTURE':
      return latin1(`${item.toUpperCase()} ${wireBodyStructure(parseMimePart(mail.raw))}`);
    default:
      return undefined;
  }
}
