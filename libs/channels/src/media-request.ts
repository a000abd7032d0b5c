/** A request for an attachment, or for where it is. */
export interface MediaRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Reads an answer that only says where the bytes are.
   *
   * @returns undefined when it does not say so
   */
  next?(answer: Buffer): MediaRequest | undefined;
}
