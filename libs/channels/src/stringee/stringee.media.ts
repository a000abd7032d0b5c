import { createHmac } from 'node:crypto';
import type { MediaAccess } from '../channel-adapter.js';

const API = 'https://api.stringee.com/';
const LIFETIME_SECONDS = 300;
const LATE_BY_MS = 3_600_000;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token with which a project's own programs ask. @param now seconds since 1970 @see Stringee, "REST API authentication" */
export function stringeeToken(keySid: string, keySecret: string, now: number, lifetime = LIFETIME_SECONDS): string {
  const head = part({ typ: 'JWT', alg: 'HS256', cty: 'stringee-api;v=1' });
  const claims = part({ jti: `${keySid}-${now}`, iss: keySid, exp: now + lifetime, rest_api: true });
  const signature = createHmac('sha256', keySecret).update(`${head}.${claims}`).digest('base64url');
  return `${head}.${claims}.${signature}`;
}

/** Recordings of calls, which are there some time after the call has ended. */
export const stringeeMedia: MediaAccess = {
  hosts: ['api.stringee.com'],
  lateByMs: LATE_BY_MS,
  requestFor({ locator, source }, { secrets }, now) {
    const { api_key_sid: keySid = '', api_key_secret: keySecret = '' } = secrets;
    if (source !== 'url' || !locator.startsWith(API) || keySid === '' || keySecret === '') return undefined;
    const token = stringeeToken(keySid, keySecret, Math.floor(now.getTime() / 1_000));
    return { url: locator, headers: { 'x-stringee-auth': token } };
  },
};
