/** SQL of the digest under which a locator is a key: it may be longer than an index takes. @param locator an expression */
export const LOCATOR_KEY = (locator: string): string =>
  `left(encode(sha256(convert_to(${locator}, 'UTF8')), 'hex'), 32)::uuid`;
