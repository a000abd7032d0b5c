import { createHash, createHmac } from 'node:crypto';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookRequest } from '../channel-adapter.js';
import { verifyBasic } from '../shared/basic-auth.js';
import { equalTokens } from '../shared/hmac.js';
import { secretsInForce } from '../shared/signed-body.js';
import type { Elements } from './http-sms.element.js';
import type { AuthRule, HttpSmsSettings } from './http-sms.settings.js';

type Rule<Kind extends AuthRule['kind']> = Extract<AuthRule, { kind: Kind }>;

/** Index of the secret that matched, or why none did. */
type Outcome = { readonly ok: true; readonly index: number } | { readonly ok: false; readonly reason: string };

const passed = (index = 0): Outcome => ({ ok: true, index });
const failed = (reason: string): Outcome => ({ ok: false, reason });

/** Shortest token in characters: with fewer than 128 bits it could be guessed. */
export const MIN_TOKEN_CHARS = 16;

function matchToken(given: string | undefined | null, wanted: readonly string[]): Outcome {
  if (given === undefined || given === null || given === '') return failed('missing');
  const index = wanted.findIndex((secret) => equalTokens(given, secret));
  return index === -1 ? failed('mismatch') : passed(index);
}

function checkHeader(rule: Rule<'header'>, request: WebhookRequest, account: ChannelAccount): Outcome {
  const given = request.headers[rule.name];
  if (given !== undefined && !given.startsWith(rule.prefix)) return failed('malformed');
  return matchToken(given?.slice(rule.prefix.length), secretsInForce(account, 'token'));
}

/** A token that stands twice in an address is refused: two readers might take different ones. */
function checkQuery(rule: Rule<'query'>, request: WebhookRequest, account: ChannelAccount): Outcome {
  const given = request.query.getAll(rule.name);
  return given.length > 1 ? failed('malformed') : matchToken(given[0], secretsInForce(account, 'token'));
}

function checkBasic({ headers }: WebhookRequest, account: ChannelAccount): Outcome {
  const checked = verifyBasic(headers['authorization'], account);
  return checked.ok ? passed() : checked;
}

function digestGiven(rule: Rule<'hmac'> | Rule<'hash'>, request: WebhookRequest, value: string | undefined) {
  const given = rule.header === undefined ? value : request.headers[rule.header];
  const bare = rule.kind === 'hmac' && given?.startsWith(rule.prefix) ? given.slice(rule.prefix.length) : given;
  return rule.encoding === 'hex' ? bare?.toLowerCase() : bare;
}

function checkHmac(rule: Rule<'hmac'>, request: WebhookRequest, account: ChannelAccount, elements: Elements): Outcome {
  const given = digestGiven(rule, request, rule.field === undefined ? undefined : elements?.[0]?.get(rule.field));
  const wanted = secretsInForce(account, 'hash_key').map((key) =>
    createHmac(rule.algorithm, key).update(request.body).digest(rule.encoding),
  );
  return matchToken(given, wanted);
}

/** Every element must bear a right digest, or one genuine element would vouch for forged neighbours. */
function checkHash(rule: Rule<'hash'>, request: WebhookRequest, account: ChannelAccount, elements: Elements): Outcome {
  if (elements === undefined || elements.length === 0) return failed('malformed');
  let index = 0;
  for (const element of elements) {
    const given = digestGiven(rule, request, rule.field === undefined ? undefined : element.get(rule.field));
    const wanted = secretsInForce(account, 'hash_key').map((secret) => {
      const values = rule.parts.map((part) => (part === '$secret' ? secret : (element.get(part) ?? '')));
      return createHash(rule.algorithm).update(values.join(rule.separator), 'utf8').digest(rule.encoding);
    });
    const outcome = matchToken(given, wanted);
    if (!outcome.ok) return outcome;
    index = outcome.index;
  }
  return passed(index);
}

function checkAddress({ allow }: Rule<'addresses'>, address: string): Outcome {
  const list = new BlockList();
  for (const entry of allow) {
    const [net = '', bits] = entry.split('/');
    const family = isIPv4(net) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(net, family);
    else list.addSubnet(net, Number(bits), family);
  }
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  return family !== undefined && list.check(address, family) ? passed() : failed('address');
}

function check(rule: AuthRule, request: WebhookRequest, account: ChannelAccount, elements: Elements): Outcome {
  switch (rule.kind) {
    case 'header':
      return checkHeader(rule, request, account);
    case 'query':
      return checkQuery(rule, request, account);
    case 'basic':
      return checkBasic(request, account);
    case 'hmac':
      return checkHmac(rule, request, account, elements);
    case 'hash':
      return checkHash(rule, request, account, elements);
    case 'addresses':
      return checkAddress(rule, request.remoteAddress);
  }
}

/** How strong each kind of proof is, and how the contract names it. */
const METHODS = [
  ['hmac', 'hmac'],
  ['hash', 'hash'],
  ['header', 'token'],
  ['query', 'token'],
  ['basic', 'token'],
  ['addresses', 'none'],
] as const;

/** Checks a delivery against every rule of its account; all must hold. The strongest one is named. */
export function verifyDelivery(
  request: WebhookRequest,
  account: ChannelAccount,
  { auth }: HttpSmsSettings,
  elements: Elements,
): Verification {
  const indexes = new Map<AuthRule['kind'], number>();
  for (const rule of auth) {
    const outcome = check(rule, request, account, elements);
    if (!outcome.ok) return outcome;
    indexes.set(rule.kind, outcome.index);
  }
  const [kind, method] = METHODS.find(([name]) => indexes.has(name)) ?? ['addresses', 'none'];
  return method === 'none' ? { ok: true, method } : { ok: true, method, keyId: String(indexes.get(kind) ?? 0) };
}

/** Secrets that the rules of an account need and that it lacks. */
export function secretProblems({ secrets }: ChannelAccount, { auth }: HttpSmsSettings): string[] {
  const problems = new Set<string>();
  for (const { kind } of auth) {
    if ((kind === 'header' || kind === 'query') && (secrets['token'] ?? '').length < MIN_TOKEN_CHARS) {
      problems.add(`secrets.token: at least ${MIN_TOKEN_CHARS} random characters`);
    }
    if (kind === 'basic' && !secrets['user']) problems.add('secrets.user: the user name of basic authentication');
    if (kind === 'basic' && !secrets['password'])
      problems.add('secrets.password: the password of basic authentication');
    if ((kind === 'hmac' || kind === 'hash') && !secrets['hash_key']) {
      problems.add('secrets.hash_key: the secret that the gateway puts into its digest');
    }
  }
  return [...problems];
}
