import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a body that came as bytes.
 *
 * @returns undefined for an empty body, whatever its type
 * @throws ProblemError 415 for another media type, 400 for bytes that are not UTF-8 or not JSON
 */
export function readJsonBody(contentType: string | undefined, body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (contentType === undefined || !JSON_TYPE.test(contentType)) throw new ProblemError('unsupported-media-type');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new ProblemError('malformed-json', { cause: error });
  }
}

/** Gives handlers the parsed body. It runs after the guard, so nobody without a key has anything parsed. */
@Injectable()
export class JsonBody implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.body = readJsonBody(request.headers['content-type'], request.body);
    return next.handle();
  }
}
