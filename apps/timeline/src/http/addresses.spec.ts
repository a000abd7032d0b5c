import { methodsOf } from './addresses.js';
import { isApiPath } from './v1-path.js';

describe('an address', () => {
  it.each([
    ['/v1/customers', 'GET HEAD'],
    ['/v1/customers?q=a', 'GET HEAD'],
    ['/v1/customers/cus_1/timeline?limit=5', 'GET HEAD'],
    ['/v1/customers/cus_1/merges', 'GET HEAD'],
    ['/v1/customers/cus_1/merge', 'POST'],
    ['/v1/customers/cus_1/distinct-from', 'GET HEAD'],
    ['/v1/customers/cus_1/distinct-from/cus_2', 'PUT DELETE'],
    ['/v1/merges/mrg_1/undo', 'POST'],
    ['/v1/entries/ent_1/raw', 'GET HEAD'],
    ['/v1/meta', 'GET HEAD'],
  ])('%s takes %s', (url, methods) => {
    expect(methodsOf(url).join(' ')).toBe(methods);
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
    expect(methodsOf(url)).toEqual([]);
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
