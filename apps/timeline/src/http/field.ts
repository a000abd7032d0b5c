import { z } from 'zod';

/** A string with its description and an example. */
export const text = (description: string, example: string) => z.string().meta({ description, examples: [example] });

/** An instant in UTC to the millisecond, with its description. */
export const instant = (description: string) =>
  z.iso.datetime({ precision: 3 }).meta({ description, examples: ['2026-11-20T08:15:02.113Z'] });
