import { z } from 'zod';

/** A string with its description and an example. */
export const text = (description: string, example: string) => z.string().meta({ description, examples: [example] });
