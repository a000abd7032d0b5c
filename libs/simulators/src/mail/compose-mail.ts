/** A mail address with the name that stands before it. */
export interface MailPerson {
  readonly name?: string;
  readonly address: string;
}

/** A file within a mail. */
export interface MailFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A mail to be written. */
export interface MailDraft {
  /** Without angle brackets. */
  readonly messageId: string;
  readonly from: MailPerson;
  readonly to: MailPerson;
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  /** Ids of the mails answered, root first. */
  readonly references?: readonly string[];
  readonly files?: readonly MailFile[];
  /** Whole value of `Authentication-Results`, as the receiving server wrote it. */
  readonly authenticationResults?: string;
}

const wrap = (base64: string): string => base64.replace(/.{76}(?=.)/g, '$&\r\n');
const isAscii = (text: string): boolean => /^[\u0020-\u007e]*$/.test(text);

/** Header text in encoded words (RFC 2047), split between characters so that each word is whole UTF-8 and below 76 bytes. */
function encodeWords(text: string): string {
  if (isAscii(text)) return text;
  const words: string[] = [''];
  for (const character of text) {
    const grown = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(grown) > 42) words.push(character);
    else words[words.length - 1] = grown;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

function person({ name, address }: MailPerson): string {
  if (name === undefined) return address;
  return isAscii(name) ? `"${name.replace(/[\\"]/g, '\\$&')}" <${address}>` : `${encodeWords(name)} <${address}>`;
}

const dateField = (date: Date): string => date.toUTCString().replace(/GMT$/, '+0000');

function textPart(text: string): string {
  const body = wrap(Buffer.from(text.replace(/\r?\n/g, '\r\n')).toString('base64'));
  return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`;
}

function filePart({ name, mediaType, bytes }: MailFile): string {
  const encoded = `filename*=UTF-8''${encodeURIComponent(name)}`;
  return [
    `Content-Type: ${mediaType}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; ${encoded}`,
    '',
    `${wrap(bytes.toString('base64'))}\r\n`,
  ].join('\r\n');
}

function body(draft: MailDraft): string {
  const files = draft.files ?? [];
  if (files.length === 0) return textPart(draft.text);
  const boundary = `part-${Buffer.from(draft.messageId).toString('hex').slice(0, 40)}`;
  const parts = [textPart(draft.text), ...files.map(filePart)];
  const lines = parts.map((part) => `--${boundary}\r\n${part}`).join('');
  return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${lines}--${boundary}--\r\n`;
}

/** Writes a mail as RFC 5322 and MIME: UTF-8 text, optional files; ASCII only on the wire. */
export function composeMail(draft: MailDraft): Buffer {
  const references = (draft.references ?? []).map((id) => `<${id}>`);
  const fields = [
    ...(draft.authenticationResults === undefined ? [] : [`Authentication-Results: ${draft.authenticationResults}`]),
    `Message-ID: <${draft.messageId}>`,
    `Date: ${dateField(draft.date)}`,
    `From: ${person(draft.from)}`,
    `To: ${person(draft.to)}`,
    `Subject: ${encodeWords(draft.subject)}`,
    ...(references.length === 0
      ? []
      : [`In-Reply-To: ${references.at(-1)}`, `References: ${references.join('\r\n ')}`]),
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${fields.join('\r\n')}\r\n${body(draft)}`, 'latin1');
}
