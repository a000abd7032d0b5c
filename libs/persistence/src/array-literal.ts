/** Whether JSON and an array literal would write a text differently. */
const isPeculiar = (text: string): boolean => /[^ -\uffff]/.test(text) || !text.isWellFormed();

/**
 * Array literals of PostgreSQL, for the columns of a batch. The driver escapes arrays element by element, which for a
 * batch of wide rows costs more than the statement's plan; these are for what is known of their elements.
 *
 * The parameter's type must be known to the server, as in `unnest($1::uuid[])`.
 *
 * @see PostgreSQL documentation, "Arrays", array input and output syntax
 */
export const arrayOf = {
  /** Of texts without comma, brace, quote, backslash or blank, none of them empty or `null`: numbers, UUIDs, instants. */
  plain(elements: readonly (string | number | boolean)[]): string {
    return `{${elements.join(',')}}`;
  },

  /**
   * Of texts without control characters below U+0020, for example JSON made by `JSON.stringify`: within the quotes of
   * an array literal the two characters that need a backslash are the ones to which JSON gives one.
   */
  json(elements: readonly string[]): string {
    return `{${JSON.stringify(elements).slice(1, -1)}}`;
  },

  /** Of any texts; peculiar ones are left to the driver. */
  text(elements: readonly string[]): string | readonly string[] {
    return elements.some(isPeculiar) ? elements : arrayOf.json(elements);
  },

  /** Of bytes, mostly absent: what `unnest` finds missing at the end of a shorter array is null. */
  bytes(elements: readonly (Buffer | null)[]): string | readonly (Buffer | null)[] {
    return elements.some((element) => element !== null) ? elements : '{}';
  },
};
