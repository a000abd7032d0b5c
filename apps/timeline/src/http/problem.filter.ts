import { Catch, HttpException, Inject, Injectable, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEMS, type ProblemCode } from '@app/contracts';
import { AppError, describeError, LOGGER, type Logger } from '@app/kernel';
import { methodsOf } from './addresses.js';
import { ProblemError } from './problem.js';
import { isApiPath } from './v1-path.js';

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed-json',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  422: 'validation-failed',
  429: 'rate-limited',
  503: 'dependency-unavailable',
};

/** Path without the query string, which may hold an address or a name. */
const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** Chooses the problem of anything thrown while a request was answered. */
export function toProblem(error: unknown, method: string, url: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof AppError && error.retryable) {
    return new ProblemError('dependency-unavailable', { headers: { 'retry-after': '2' } });
  }
  const status = statusOf(error);
  const methods = methodsOf(url);
  if (status === 404 && methods.length > 0 && !methods.includes(method)) {
    return new ProblemError('method-not-allowed', { headers: { allow: methods.join(', ') } });
  }
  return new ProblemError((status === undefined ? undefined : CODE_OF_STATUS[status]) ?? 'internal');
}

/** The document of a problem (RFC 9457). */
export function problemDocument(problem: ProblemError, url: string, requestId: unknown): object {
  const { detail, errors, members } = problem.options;
  const { status, title } = PROBLEMS[problem.code];
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    code: problem.code,
    ...(detail === undefined ? {} : { detail }),
    instance: pathOf(url),
    request_id: requestId,
    ...(errors === undefined ? {} : { errors }),
    ...members,
  };
}

/**
 * Writes every error under `/v1` as a problem document; internals go to the log only. The process may serve other
 * addresses as well: errors there are answered as they would be without this filter.
 */
@Injectable()
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    super(host.httpAdapter);
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    // A message of the stream has its own way with errors.
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    if (!isApiPath(request.url)) {
      // oxlint-disable-next-line promise/valid-params -- the filter's method, not a promise's
      super.catch(error, host);
      return;
    }
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error, request.method, request.url);
    const { status } = PROBLEMS[problem.code];
    if (status >= 500) {
      this.logger.error({ code: problem.code, error: describeError(error) }, 'A request failed');
    }
    void reply
      .code(status)
      .headers({ 'cache-control': 'no-store', ...problem.options.headers })
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problemDocument(problem, request.url, reply.getHeader('x-request-id'))));
  }
}
