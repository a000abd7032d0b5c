import { HttpException, NotFoundException } from '@nestjs/common';
import { ConfigError, StoreUnavailableError, StreamUnavailableError } from '@app/kernel';
import { problemDocument, toProblem } from './problem.filter.js';
import { problemSchema } from './problem.schema.js';
import { invalid, ProblemError } from './problem.js';

const fastifyError = (statusCode: number) => Object.assign(new Error('FST_ERR'), { statusCode });

describe('the problem of a fault', () => {
  it.each([
    ['a store that is away', new StoreUnavailableError('mất kết nối'), 'dependency-unavailable'],
    ['a stream that is away', new StreamUnavailableError('mất kết nối'), 'dependency-unavailable'],
    ['a permanent fault of ours', new ConfigError(['sai']), 'internal'],
    ['an unknown address', new NotFoundException(), 'not-found'],
    ['a body that is not JSON', fastifyError(400), 'malformed-json'],
    ['a body that is too large', fastifyError(413), 'payload-too-large'],
    ['a media type', fastifyError(415), 'unsupported-media-type'],
    ['a status without a problem of its own', new HttpException('teapot', 418), 'internal'],
    ['a status that is an inherited name', Object.assign(new Error('x'), { statusCode: 'constructor' }), 'internal'],
    ['a bug', new TypeError('undefined is not a function'), 'internal'],
    ['something that is no error', null, 'internal'],
  ])('%s', (_label, error, code) => {
    expect(toProblem(error, 'GET', '/v1/customers').code).toBe(code);
  });

  it('is kept when it was chosen already', () => {
    const problem = invalid('/limit', 'too_big', 'at most 200');
    expect(toProblem(problem, 'GET', '/v1/customers')).toBe(problem);
  });

  it('tells when to come back to something that is away', () => {
    expect(toProblem(new StoreUnavailableError('x'), 'GET', '/v1/events').options.headers).toEqual({
      'retry-after': '2',
    });
  });

  it.each([
    ['POST', '/v1/customers?q=a', 'method-not-allowed', 'GET, HEAD'],
    ['DELETE', '/v1/customers/cus_1/timeline', 'method-not-allowed', 'GET, HEAD'],
    ['GET', '/v1/customers/cus_1/merge', 'method-not-allowed', 'POST'],
    ['POST', '/v1/customers/cus_1/distinct-from/cus_2', 'method-not-allowed', 'PUT, DELETE'],
    ['POST', '/v1/nothing', 'not-found', undefined],
    ['GET', '/v1/customers/cus_1', 'not-found', undefined],
    ['HEAD', '/v1/customers/cus_1', 'not-found', undefined],
    ['POST', '/v1/customers/cus_1/merge', 'not-found', undefined],
  ])('of %s %s is %s', (method, url, code, allow) => {
    const problem = toProblem(new NotFoundException(), method, url);
    expect(problem.code).toBe(code);
    expect(problem.options.headers?.['allow']).toBe(allow);
  });
});

describe('the document of a problem', () => {
  it('has every member, and the path without its query', () => {
    const problem = invalid('/identity', 'phone_invalid', 'expected kind:value');
    const document = problemDocument(problem, '/v1/customers?identity=phone:0912345678', 'req_abc');
    expect(document).toEqual({
      type: '/problems/validation-failed',
      title: 'The request is not valid',
      status: 422,
      code: 'validation-failed',
      detail: '1 field is not valid',
      instance: '/v1/customers',
      request_id: 'req_abc',
      errors: [{ pointer: '/identity', code: 'phone_invalid', detail: 'expected kind:value' }],
    });
    expect(problemSchema.strict().parse(document)).toEqual(document);
  });

  it('shows further members, and leaves out what there is none of', () => {
    const problem = new ProblemError('cursor-expired', { members: { earliest_cursor: 'eyJ9.c2ln' } });
    expect(problemDocument(problem, '/v1/events', 'req_abc')).toEqual({
      type: '/problems/cursor-expired',
      title: 'The cursor is older than what is kept',
      status: 410,
      code: 'cursor-expired',
      instance: '/v1/events',
      request_id: 'req_abc',
      earliest_cursor: 'eyJ9.c2ln',
    });
  });

  it('tells nothing of what went wrong inside', () => {
    const error = new StoreUnavailableError('connect to 10.0.0.5 refused', { cause: new Error('mật khẩu sai') });
    const text = JSON.stringify(problemDocument(toProblem(error, 'GET', '/v1/events'), '/v1/events', 'req_abc'));
    expect(text).not.toMatch(/10\.0\.0\.5|mật khẩu/);
  });
});
