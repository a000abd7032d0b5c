import { parseMimePart, type MimePart } from './mime-part.js';

/** What a FETCH asks for of a body: `BODY.PEEK[<section>]<<start>.<count>>`. */
export interface BodySection {
  /** False for `BODY[…]`, which marks the mail as seen. */
  readonly peek: boolean;
  /** As the answer repeats it, for example `HEADER.FIELDS (SUBJECT)`; empty for the whole mail. */
  readonly section: string;
  readonly start?: number;
  readonly count?: number;
}

/** Reads an item of FETCH; undefined when it is not a body section. */
export function parseBodySection(item: string): BodySection | undefined {
  const match = /^(BODY|BODY\.PEEK|BINARY|BINARY\.PEEK)\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/i.exec(item);
  if (match === null) return undefined;
  const [, name = '', section = '', start, count] = match;
  return {
    peek: name.toUpperCase().endsWith('.PEEK'),
    section,
    ...(start === undefined ? {} : { start: Number(start), count: Number(count) }),
  };
}

function selectedHeader(part: MimePart, names: readonly string[], keep: boolean): Buffer {
  const lines = part.header.toString('latin1').split(/\r\n(?![ \t])/);
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const kept = lines.filter((line) => line !== '' && wanted.has(line.split(':')[0]?.toLowerCase() ?? '') === keep);
  return Buffer.from([...kept, '', ''].join('\r\n'), 'latin1');
}

function specialSection(part: MimePart, name: string): Buffer {
  const fields = /^HEADER\.FIELDS(\.NOT)? \((.*)\)$/i.exec(name);
  if (fields !== null) return selectedHeader(part, (fields[2] ?? '').split(' '), fields[1] === undefined);
  switch (name.toUpperCase()) {
    case 'HEADER':
    case 'MIME':
      return part.header;
    default:
      return part.body;
  }
}

/** Bytes of a section: `''`, `HEADER`, `TEXT`, `HEADER.FIELDS (…)`, `1.2`, `1.MIME`; undefined: there is none. */
export function bytesOfSection(raw: Buffer, section: string): Buffer | undefined {
  if (section === '') return raw;
  const [, path = '', rest = ''] = /^((?:\d+(?:\.|$))*)(.*)$/s.exec(section) ?? [];
  let part: MimePart | undefined = parseMimePart(raw);
  for (const number of path.split('.').filter((text) => text !== '')) {
    const isWhole: boolean = part?.children.length === 0 && number === '1';
    part = isWhole ? part : part?.children[Number(number) - 1];
  }
  return part === undefined ? undefined : specialSection(part, rest === '' ? 'TEXT' : rest);
}
