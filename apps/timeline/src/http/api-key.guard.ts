import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '@app/kernel';
import { ProblemError } from './problem.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Finds which of the keys a request carries. Every key is compared, in constant time over digests of equal length.
 *
 * @param authorization header as received
 * @returns number of the key; undefined: none matches
 */
export function matchApiKey(authorization: string | undefined, digests: readonly Buffer[]): number | undefined {
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const given = digest(token);
  let found: number | undefined;
  for (const [index, expected] of digests.entries()) {
    if (timingSafeEqual(given, expected)) found = index;
  }
  return found;
}

const KEY = Symbol('apiKey');

/** Number of the key with which a guarded request came. */
export const apiKeyOf = (request: FastifyRequest): number => (request as { [KEY]?: number })[KEY] ?? 0;

/** Asks for an API key; several may hold at once, separated by commas in `OMNILINE_API_KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly digests: readonly Buffer[];

  constructor(@Inject(CONFIG) config: Config) {
    const keys = (config.OMNILINE_API_KEY ?? '').split(',').map((key) => key.trim());
    this.digests = keys.filter((key) => key !== '').map(digest);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = matchApiKey(request.headers.authorization, this.digests);
    if (key === undefined) {
      throw new ProblemError('unauthenticated', { headers: { 'www-authenticate': 'Bearer realm="omniline"' } });
    }
    (request as { [KEY]?: number })[KEY] = key;
    void context.switchToHttp().getResponse<FastifyReply>().header('cache-control', 'no-store');
    return true;
  }
}
