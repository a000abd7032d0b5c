import { readJsonBody } from './json-body.js';

const problemOf = (type: string | undefined, body: Buffer): unknown => {
  try {
    return readJsonBody(type, body);
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])(
    'of type %s is read',
    (type) => {
      expect(readJsonBody(type, Buffer.from('{"reason":"một người"}'))).toEqual({ reason: 'một người' });
    },
  );

  it.each([
    ['text', 'text/plain', Buffer.from('{}'), 'unsupported-media-type'],
    ['a type that only begins like JSON', 'application/jsonp', Buffer.from('{}'), 'unsupported-media-type'],
    ['no type', undefined, Buffer.from('{}'), 'unsupported-media-type'],
    ['half an object', 'application/json', Buffer.from('{"a":'), 'malformed-json'],
    ['bytes that are not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22]), 'malformed-json'],
  ])('with %s is refused', (_name, type, body, code) => {
    expect(problemOf(type, body)).toBe(code);
  });

  it.each([undefined, Buffer.alloc(0)])('that is not there is none', (body) => {
    expect(readJsonBody(undefined, body)).toBeUndefined();
  });
});
