/** Check digit of a number by ISO 7064 MOD 11,10. */
function checkDigit(digits: string): number {
  let product = 10;
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10;
}

/**
 * Reads a customer's reference, for example ` kh-200019 `.
 *
 * @returns the reference as stored; undefined when it is none or its check digit is wrong
 */
export function parseReference(text: string): string | undefined {
  const digits = /^\s*KH-?(\d{2,19})\s*$/i.exec(text)?.[1];
  if (digits === undefined || checkDigit(digits.slice(0, -1)) !== Number(digits.at(-1))) return undefined;
  return `KH-${digits}`;
}
