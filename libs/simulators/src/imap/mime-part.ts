/** A part of a mail: its header as it stands, its body, and the parts within it. */
export interface MimePart {
  /** Header with the empty line that ends it. */
  readonly header: Buffer;
  readonly body: Buffer;
  /** Lower-case names; the first value of a repeated field. */
  readonly fields: ReadonlyMap<string, string>;
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly children: readonly MimePart[];
}

function splitHeader(raw: Buffer): [Buffer, Buffer] {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? [raw, Buffer.alloc(0)] : [raw.subarray(0, end + 4), raw.subarray(end + 4)];
}

/** Fields of a header, unfolded; bytes outside ASCII are kept as latin1. */
export function fieldsOf(header: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const unfolded = header.toString('latin1').replace(/\r\n(?=[ \t])/g, '');
  for (const line of unfolded.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Value and parameters of a field such as `Content-Type`. */
export function parametersOf(value: string): { readonly value: string; readonly parameters: Map<string, string> } {
  const [first = '', ...rest] = value.match(/(?:[^;"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [, name = '', text = ''] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (name !== '') parameters.set(name.toLowerCase(), text.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1'));
  }
  return { value: first.trim(), parameters };
}

/** Bodies between the lines of a boundary; preamble and epilogue are dropped. */
function splitParts(body: Buffer, boundary: string): Buffer[] {
  const text = `\r\n${body.toString('latin1')}`;
  const pieces = text.split(`\r\n--${boundary}`).slice(1);
  const end = pieces.findIndex((piece) => piece.startsWith('--'));
  return (end < 0 ? pieces : pieces.slice(0, end)).map((piece) =>
    Buffer.from(piece.replace(/^[ \t]*\r\n/, ''), 'latin1'),
  );
}

/** Reads the structure of a mail; enough for what this simulator and its tests compose. */
export function parseMimePart(raw: Buffer): MimePart {
  const [header, body] = splitHeader(raw);
  const fields = fieldsOf(header);
  const { value, parameters } = parametersOf(fields.get('content-type') ?? 'text/plain');
  const [type = 'text', subtype = 'plain'] = value.toLowerCase().split('/');
  const boundary = type === 'multipart' ? parameters.get('boundary') : undefined;
  const children = boundary === undefined ? [] : splitParts(body, boundary).map(parseMimePart);
  return { header, body, fields, type, subtype, parameters, children };
}
