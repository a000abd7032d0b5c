/**
 * Breaks a text into lines at its spaces. A word longer than a line stays whole.
 *
 * @param widthChars of a line, in code points: a terminal draws some emoji twice as wide, so leave it a little room
 * @returns at least one line
 */
export function wrapText(text: string, widthChars: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || [...longer].length <= widthChars) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ''];
}
