import { createHash, sign, type KeyObject } from 'node:crypto';

/** How {@link signMail} signs. */
export interface SigningOptions {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: KeyObject;
  /** Names in `h=`; one that is named more often than it is there is signed as absent. */
  readonly fields?: readonly string[];
  /** More tags, for example `x` or `t` in seconds. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Signs so many bytes of the canonical body only (`l=`). */
  readonly bodyLength?: number;
}

const relaxedField = (name: string, value: string): string =>
  `${name.toLowerCase()}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`;

const relaxedBody = (body: string): string =>
  body
    .replace(/[ \t]+/g, ' ')
    .replace(/ +(?=\r\n)/g, '')
    .replace(/(\r\n)*$/, '\r\n');

/**
 * Puts a DKIM signature on top of a mail, `relaxed/relaxed` and `rsa-sha256`. It shares no code with what verifies.
 *
 * @param mail lines end with CRLF; an empty line ends the head
 * @see RFC 6376 section 3
 */
export function signMail(mail: string, options: SigningOptions): string {
  const { domain, selector, privateKey, fields = ['from', 'to', 'subject', 'date'], tags = {}, bodyLength } = options;
  const end = mail.indexOf('\r\n\r\n');
  const left = mail
    .slice(0, end)
    .split(/\r\n(?![ \t])/)
    .map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1) }));
  const signed = fields.flatMap((name) => {
    const at = left.findLastIndex((field) => field.name.toLowerCase() === name.toLowerCase());
    return at < 0 ? [] : left.splice(at, 1);
  });
  const body = Buffer.from(relaxedBody(mail.slice(end + 4)));
  const bodyHash = createHash('sha256')
    .update(body.subarray(0, bodyLength ?? body.length))
    .digest('base64');
  const all = {
    v: '1',
    a: 'rsa-sha256',
    c: 'relaxed/relaxed',
    d: domain,
    s: selector,
    ...tags,
    ...(bodyLength === undefined ? {} : { l: String(bodyLength) }),
    h: fields.join(':'),
    bh: bodyHash,
    b: '',
  };
  const value = Object.entries(all)
    .map(([name, text]) => `${name}=${text}`)
    .join('; ');
  const text = [
    ...signed.map((field) => `${relaxedField(field.name, field.value)}\r\n`),
    relaxedField('DKIM-Signature', value),
  ].join('');
  const signature = sign('sha256', Buffer.from(text), privateKey).toString('base64');
  return `DKIM-Signature: ${value}${signature}\r\n${mail}`;
}

/** What the owner of a key publishes under `<selector>._domainkey.<domain>`. */
export const publishedKey = (publicKey: KeyObject): string =>
  `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
