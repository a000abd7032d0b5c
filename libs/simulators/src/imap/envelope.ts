import { wireString } from './wire-text.js';

interface Mailbox {
  readonly name: string | undefined;
  readonly address: string;
}

/** Reads an address list of the plain forms `a@x.example` and `Name <a@x.example>`; groups are not read. */
function parseAddresses(value: string): Mailbox[] {
  const items = value.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return items.map((item) => {
    const [, name = '', address] = /^\s*(.*?)\s*<([^<>]*)>\s*$/s.exec(item) ?? [];
    if (address === undefined) return { name: undefined, address: item.trim() };
    const plain = name.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1');
    return { name: plain === '' ? undefined : plain, address };
  });
}

function wireAddresses(value: string | undefined): string {
  if (value === undefined) return 'NIL';
  const items = parseAddresses(value).map(({ name, address }) => {
    const at = address.lastIndexOf('@');
    const [local, host] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
    return `(${wireString(name)} NIL ${wireString(local)} ${wireString(host)})`;
  });
  return items.length === 0 ? 'NIL' : `(${items.join('')})`;
}

/** ENVELOPE of a mail (RFC 9051, section 7.5.2): a missing Sender or Reply-To repeats From. */
export function wireEnvelope(fields: ReadonlyMap<string, string>): string {
  const from = fields.get('from');
  const parts = [
    wireString(fields.get('date')),
    wireString(fields.get('subject')),
    wireAddresses(from),
    wireAddresses(fields.get('sender') ?? from),
    wireAddresses(fields.get('reply-to') ?? from),
    wireAddresses(fields.get('to')),
    wireAddresses(fields.get('cc')),
    wireAddresses(fields.get('bcc')),
    wireString(fields.get('in-reply-to')),
    wireString(fields.get('message-id')),
  ];
  return `(${parts.join(' ')})`;
}
