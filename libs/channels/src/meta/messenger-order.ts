import { numberOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';

/** A cart as text: one line for each product, then the customer's note. Empty when neither can be read. */
export function orderText(order: JsonObject): string {
  const lines = objectsOf(order.products).flatMap((product) => {
    const name = textOf(product.name);
    if (name === undefined) return [];
    const price = [numberOf(product.unit_price), textOf(product.currency)]
      .filter((part) => part !== undefined)
      .join(' ');
    return `${numberOf(product.quantity) ?? 1} × ${name}${price === '' ? '' : ` (${price})`}`;
  });
  return [...lines, textOf(order.note)].filter((line) => line !== undefined).join('\n');
}
