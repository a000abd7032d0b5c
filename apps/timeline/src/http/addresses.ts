const READ = ['GET', 'HEAD'] as const;

/** Every address of the API, and the methods that it takes; the server answers HEAD wherever it answers GET. */
const ADDRESSES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/v1\/customers(\/[^/]+(\/timeline|\/merges|\/merge-suggestions|\/why|\/distinct-from|\/export)?)?$/, READ],
  [/^\/v1\/customers\/[^/]+\/(merge|split|erasure)$/, ['POST']],
  [/^\/v1\/customers\/[^/]+\/distinct-from\/[^/]+$/, ['PUT', 'DELETE']],
  [/^\/v1\/merges\/[^/]+\/undo$/, ['POST']],
  [/^\/v1\/rollbacks$/, ['POST']],
  [/^\/v1\/identities\/[^/]+\/(share|epochs)$/, ['POST']],
  [/^\/v1\/identities\/[^/]+\/avatar$/, READ],
  [/^\/v1\/erasures\/[^/]+$/, READ],
  [/^\/v1\/conversations\/[^/]+\/speaker$/, ['PUT']],
  [/^\/v1\/entries\/[^/]+(\/raw|\/media\/[^/]+)?$/, READ],
  [/^\/v1\/blobs\/[^/]+$/, READ],
  [/^\/v1\/events(\/stream)?$/, READ],
  [/^\/v1\/(meta|openapi\.json|asyncapi\.json)$/, READ],
  [/^\/v1\/schemas\/[^/]+\/[^/]+$/, READ],
];

/** Methods that an address takes, so that another one there is 405 and not 404; none for an address that there is not. */
export function methodsOf(url: string): readonly string[] {
  const path = url.split('?', 1)[0] ?? '';
  return ADDRESSES.find(([pattern]) => pattern.test(path))?.[1] ?? [];
}
