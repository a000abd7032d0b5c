import fc from 'fast-check';

/** Paths to every value of a document, the document itself left out. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const below = Object.entries(value).flatMap(([name, item]) => pathsOf(item, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? replaced(item, rest, by) : item));
  const object = value as Record<string, unknown>;
  return { ...object, [name]: replaced(object[name], rest, by) };
}

/** Documents of which one value, anywhere, is replaced by any JSON. */
export function mutationsOf(documents: readonly unknown[]): fc.Arbitrary<unknown> {
  const cases = documents.flatMap((document) => pathsOf(document).map((path) => ({ document, path })));
  const substitute = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, '', 0, -1, 1e300, [], {}, [null], 'x'),
  );
  return fc
    .tuple(fc.constantFrom(...cases), substitute)
    .map(([{ document, path }, by]) => replaced(document, path, by));
}
