import { createHash } from 'node:crypto';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '@app/kernel';
import { ApiKeyGuard, apiKeyOf, matchApiKey } from './api-key.guard.js';
import { ProblemError } from './problem.js';

const digests = ['khoa-mot', 'khoa-hai'].map((key) => createHash('sha256').update(key).digest());

describe('the key of a request', () => {
  it.each([
    ['the first', 'Bearer khoa-mot', 0],
    ['the second', 'Bearer khoa-hai', 1],
    ['a scheme in small letters', 'bearer khoa-mot', 0],
    ['blanks around', 'Bearer   khoa-mot ', 0],
    ['none', undefined, undefined],
    ['an empty one', '', undefined],
    ['a scheme alone', 'Bearer ', undefined],
    ['another scheme', 'Basic khoa-mot', undefined],
    ['no scheme', 'khoa-mot', undefined],
    ['a longer one', 'Bearer khoa-mot1', undefined],
    ['capitals', 'Bearer KHOA-MOT', undefined],
    ['both at once', 'Bearer khoa-mot,khoa-hai', undefined],
    ['two words', 'Bearer khoa-mot khoa-hai', undefined],
  ])('%s', (_label, authorization, expected) => {
    expect(matchApiKey(authorization, digests)).toBe(expected);
  });

  it('matches nothing where no key was set', () => {
    expect(matchApiKey('Bearer khoa-mot', [])).toBeUndefined();
  });
});

describe('the guard', () => {
  function ask(keys: string | undefined, authorization?: string) {
    const request = { headers: { authorization } } as FastifyRequest;
    const sent: Record<string, string> = {};
    const reply = { header: (name: string, value: string) => void (sent[name] = value) };
    const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) };
    const guard = new ApiKeyGuard({ ...loadConfig({}), OMNILINE_API_KEY: keys });
    return { sent, request, pass: () => guard.canActivate(context as unknown as ExecutionContext) };
  }

  it('lets several keys in at once and remembers which one it was', () => {
    const { pass, request, sent } = ask('khoa-mot, khoa-hai ,', 'Bearer khoa-hai');
    expect(pass()).toBe(true);
    expect(apiKeyOf(request)).toBe(1);
    expect(sent).toEqual({ 'cache-control': 'no-store' });
  });

  it.each([
    ['without a key', 'khoa-mot', undefined],
    ['with a wrong key', 'khoa-mot', 'Bearer khoa-ba'],
    ['when none was set', undefined, 'Bearer khoa-mot'],
    ['when only commas were set', ' , ,', 'Bearer ,'],
  ])('refuses %s', (_label, keys, authorization) => {
    const { pass } = ask(keys, authorization);
    expect(pass).toThrow(ProblemError);
    expect(pass).toThrow(
      expect.objectContaining({
        code: 'unauthenticated',
        options: { headers: { 'www-authenticate': 'Bearer realm="omniline"' } },
      }),
    );
  });
});
