/**
 * A reader that reads each object once: for what every message asks of settings that never change. An object that nobody
 * holds any more is forgotten with what was read of it.
 */
export function readOnce<Key extends object, Value extends object>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
}
