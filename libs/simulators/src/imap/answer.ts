/** What a command answers: untagged responses in order, then its tagged line. */
export interface Answer {
  readonly untagged: readonly (string | Buffer)[];
  /** `OK …`, `NO …` or `BAD …`, without the tag. */
  readonly status: string;
}

export const ok = (text: string, untagged: Answer['untagged'] = []): Answer => ({ untagged, status: `OK ${text}` });
export const no = (text: string): Answer => ({ untagged: [], status: `NO ${text}` });
export const bad = (text: string): Answer => ({ untagged: [], status: `BAD ${text}` });

/** Bytes of an answer on the wire. */
export function wireAnswer(tag: string, { untagged, status }: Answer): Buffer {
  const lines = [...untagged, `${tag} ${status}`];
  return Buffer.concat(
    lines.flatMap((line) => [Buffer.isBuffer(line) ? line : Buffer.from(line, 'latin1'), Buffer.from('\r\n')]),
  );
}
