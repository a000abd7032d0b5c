// html-to-text 10 ships no types; this names what we use of it.
declare module 'html-to-text' {
  /** Builds the text; block handling and word wrap are its own. */
  interface BlockTextBuilder {
    addInline(text: string, options?: { noWordTransform?: boolean }): void;
  }
  interface DomElement {
    readonly attribs?: Readonly<Record<string, string>>;
  }
  type Formatter = (element: DomElement, walk: unknown, builder: BlockTextBuilder, options: unknown) => void;
  interface Selector {
    readonly selector: string;
    readonly format?: string;
    readonly options?: Readonly<Record<string, unknown>>;
  }
  interface Options {
    readonly wordwrap?: number | false;
    readonly limits?: { readonly maxDepth?: number; readonly maxInputLength?: number; readonly ellipsis?: string };
    readonly formatters?: Readonly<Record<string, Formatter>>;
    readonly selectors?: readonly Selector[];
  }
  export function compile(options: Options): (html: string) => string;
}
