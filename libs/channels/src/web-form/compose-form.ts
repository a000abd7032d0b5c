import type { KeptBytes } from '../channel-adapter.js';
import { sha256Hex } from '../shared/hmac.js';
import type { FormPart } from '../shared/mail/multipart-form.js';
import { toBlob } from '../shared/mail/received-mail.js';

/** @see HTML standard, "Multipart form data": what would end a name is escaped, and what a reader takes for a path */
const quoted = (name: string): string =>
  `"${name.replace(/["\\/\r\n]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}"`;

/** Equal parts have equal boundaries, so that a form which is packed anew when it is sent again is kept once. */
const boundaryOf = (parts: readonly FormPart[]): string =>
  sha256Hex(
    JSON.stringify(
      parts.map(({ name, filename, contentType, bytes }) => [name, filename, contentType, sha256Hex(bytes)]),
    ),
  );

function headOf({ name, filename, contentType }: FormPart): string {
  const file = filename === undefined ? '' : `; filename=${quoted(filename)}`;
  const type = contentType === undefined ? '' : `Content-Type: ${contentType.replace(/[\r\n]/g, ' ')}\r\n`;
  return `Content-Disposition: form-data; name=${quoted(name)}${file}\r\n${type}\r\n`;
}

/** Puts a form together again from its parts, under a boundary of its own. Parts keep their order and bytes. */
export function composeForm(parts: readonly FormPart[]): KeptBytes {
  const boundary = boundaryOf(parts);
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}`),
    part.bytes,
    Buffer.from('\r\n'),
  ]);
  const bytes = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return toBlob(bytes, `multipart/form-data; boundary=${boundary}`);
}
