const READ_PATHS: readonly RegExp[] = [
  /^\/v1\/customers(\/[^/]+(\/timeline)?)?$/,
  /^\/v1\/entries\/[^/]+(\/raw)?$/,
  /^\/v1\/blobs\/[^/]+$/,
  /^\/v1\/events(\/stream)?$/,
  /^\/v1\/(meta|openapi\.json|asyncapi\.json)$/,
  /^\/v1\/schemas\/[^/]+\/[^/]+$/,
];

/** Tells whether an address exists for reading, so that another method there is 405 and not 404. */
export function isReadPath(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return READ_PATHS.some((pattern) => pattern.test(path));
}
