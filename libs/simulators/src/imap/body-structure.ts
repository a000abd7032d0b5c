import { parametersOf, type MimePart } from './mime-part.js';
import { wireString } from './wire-text.js';

function wireParameters(parameters: ReadonlyMap<string, string>): string {
  const items = [...parameters].map(([name, value]) => `${wireString(name)} ${wireString(value)}`);
  return items.length === 0 ? 'NIL' : `(${items.join(' ')})`;
}

function wireDisposition(part: MimePart): string {
  const field = part.fields.get('content-disposition');
  if (field === undefined) return 'NIL';
  const { value, parameters } = parametersOf(field);
  return `(${wireString(value)} ${wireParameters(parameters)})`;
}

const linesIn = (body: Buffer): number => body.toString('latin1').split('\r\n').length - 1;

function wireLeaf(part: MimePart): string {
  const basic = [
    wireString(part.type),
    wireString(part.subtype),
    wireParameters(part.parameters),
    wireString(part.fields.get('content-id')),
    wireString(part.fields.get('content-description')),
    wireString(part.fields.get('content-transfer-encoding') ?? '7bit'),
    String(part.body.length),
    ...(part.type === 'text' ? [String(linesIn(part.body))] : []),
  ];
  return `(${[...basic, 'NIL', wireDisposition(part), 'NIL', 'NIL'].join(' ')})`;
}

/** BODYSTRUCTURE of a part (RFC 9051, section 7.5.2); an attached mail is described as one piece of bytes. */
export function wireBodyStructure(part: MimePart): string {
  if (part.children.length === 0) return wireLeaf(part);
  const children = part.children.map(wireBodyStructure).join('');
  const tail = [wireString(part.subtype), wireParameters(part.parameters), wireDisposition(part), 'NIL', 'NIL'];
  return `(${children} ${tail.join(' ')})`;
}
