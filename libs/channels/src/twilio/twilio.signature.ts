import { createHmac } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/** A form as pairs in order of appearance; a name may repeat. */
export type FormPairs = readonly (readonly [name: string, value: string])[];

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The signature that Twilio sends with a request.
 *
 * @param url the address that Twilio called, with its query
 * @param pairs parameters of a form; none for GET and JSON
 * @returns base64 of HMAC-SHA1
 * @see Twilio "Webhooks security"; docs/channels/twilio.md
 */
export function twilioSignature(token: string, url: string, pairs: FormPairs): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) {
    const known = values.get(name);
    if (known === undefined) values.set(name, new Set([value]));
    else known.add(value);
  }
  const names = [...values.keys()].sort(byUnits);
  const data = names.map((name) =>
    [...values.get(name)!]
      .sort(byUnits)
      .map((value) => name + value)
      .join(''),
  );
  return createHmac('sha1', token)
    .update(url + data.join(''), 'utf8')
    .digest('base64');
}

/** An address in parts, cut without any normalisation: the path and query keep the characters that were signed. */
const ADDRESS = /^(https?:\/\/)([^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(:\d+)?(.*)$/is;

function portForms(url: string): string[] {
  const parts = ADDRESS.exec(url);
  if (parts === null) return [url];
  const [, scheme = '', user = '', host = '', port, rest = ''] = parts;
  const standard = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return [`${scheme}${user}${host}${rest}`, `${scheme}${user}${host}${port ?? standard}${rest}`];
}

function withQueryReencoded(url: string): string {
  const question = url.indexOf('?');
  if (question === -1 || question === url.length - 1) return url;
  return `${url.slice(0, question)}?${stringify(parse(url.slice(question + 1)))}`;
}

/**
 * Forms of our address over which Twilio may have signed: with and without port, as received, escaped as `URL` does it,
 * and with a re-encoded query. Twilio's own library accepts the same ones.
 */
export function signedAddresses(url: string): readonly string[] {
  const escaped = URL.canParse(url) ? portForms(new URL(url).toString()) : [];
  return [...new Set([...portForms(url), ...escaped, ...escaped.map(withQueryReencoded)])];
}

/**
 * The address that Twilio called: ours as configured, with the query as received. Nothing of the request's `Host` enters,
 * because behind a proxy it is wrong, and from a stranger it is a wish.
 *
 * @param publicUrl setting `public_url`; a query or fragment in it (connection overrides) is left out
 * @param originalUrl path and query as received
 */
export function calledAddress(publicUrl: string, originalUrl: string): string {
  const base = publicUrl.replace(/[?#].*$/s, '');
  const question = originalUrl.indexOf('?');
  return question === -1 ? base : base + originalUrl.slice(question);
}
