import { isReadPath } from './read-paths.js';
import { isApiPath } from './v1-path.js';

describe('an address for reading', () => {
  it.each([
    '/v1/customers',
    '/v1/customers?q=a',
    '/v1/customers/cus_1/timeline?limit=5',
    '/v1/entries/ent_1/raw',
    '/v1/meta',
  ])('is %s', (url) => {
    expect(isReadPath(url)).toBe(true);
  });

  it.each([
    '/v1',
    '/v1/',
    '/v1/customers/',
    '/v1/customers//timeline',
    '/v1/customers/cus_1/notes',
    '/v1/events/stream/x',
    '/v1/openapiXjson',
    '/v2/customers',
    '/a/v1/customers',
    '/nothing?/v1/customers',
    '',
  ])('is not %p', (url) => {
    expect(isReadPath(url)).toBe(false);
  });
});

describe('an address of the API', () => {
  it.each([
    ['/v1', true],
    ['/v1/', true],
    ['/v1?a=b', true],
    ['/v1/nothing', true],
    ['/v10/customers', false],
    ['/health/live', false],
    ['/webhooks/v1/x', false],
    ['/', false],
  ])('%s: %s', (url, expected) => {
    expect(isApiPath(url)).toBe(expected);
  });
});
