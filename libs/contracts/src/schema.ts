import { z } from 'zod';

/** A required or optional string with a description and an example, as the house rules of the stream contract ask. */
export const text = (description: string, example: string) => z.string().meta({ description, examples: [example] });

/** An instant, RFC 3339 in UTC with milliseconds. */
export const instant = (description: string) =>
  z.iso.datetime({ precision: 3 }).meta({ description, examples: ['2026-11-20T08:15:02.113Z'] });

/**
 * An enumeration that may grow: the JSON Schema accepts every string and lists the known values under
 * `x-extensible-enum`; TypeScript sees the known ones.
 */
export function openEnum<const T extends readonly [string, ...string[]]>(description: string, values: T) {
  const schema = z.string().meta({ description, examples: [values[0]], 'x-extensible-enum': [...values] });
  return schema as unknown as z.ZodType<T[number] | (string & {}), T[number] | (string & {})>;
}

/** An enumeration that never grows within a major version. */
export function closedEnum<const T extends readonly [string, ...string[]]>(description: string, values: T) {
  return z.enum(values).meta({ description, examples: [values[0]] });
}
