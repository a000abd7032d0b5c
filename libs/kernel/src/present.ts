/** `T` with the members that are there. */
export type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The members of an object that are there, so that absent ones stay absent instead of undefined. */
export function present<T extends object>(parts: T): Present<T> {
  return withPresent({}, parts);
}

/**
 * Adds the members that are there to an object that nobody but the caller holds yet, and returns it. Where every message
 * passes, it takes the place of a chain of spreads, each of which costs as much as a digest.
 */
export function withPresent<T extends object, P extends object>(target: T, parts: P): T & Present<P> {
  const [to, from] = [target as Record<string, unknown>, parts as Readonly<Record<string, unknown>>];
  for (const name of Object.keys(from)) {
    const value = from[name];
    if (value !== undefined) to[name] = value;
  }
  return target as T & Present<P>;
}
