/** Marks text for a terminal, or leaves it plain. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

const style =
  (on: boolean, open: number, close: number) =>
  (text: string): string =>
    on ? `\u001b[${open}m${text}\u001b[${close}m` : text;

/** @param colours whether the output shows colours */
export const createPaint = (colours: boolean): Paint => ({
  bold: style(colours, 1, 22),
  dim: style(colours, 2, 22),
  good: style(colours, 32, 39),
  bad: style(colours, 31, 39),
  accent: style(colours, 36, 39),
});
