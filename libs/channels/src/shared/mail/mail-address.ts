import { normaliseMailAddress } from '@app/identity';

/** Domain of a normalised address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** Tells whether an address is one of some, each with any plus tag: ours, for example. */
export class AddressSet {
  private readonly addresses: ReadonlySet<string>;

  /** @param addresses in any form; what is no address is left out */
  constructor(addresses: readonly string[]) {
    const known = addresses.map(normaliseMailAddress).filter((address) => address !== undefined);
    this.addresses = new Set(known.map(withoutTag));
  }

  /** Domain of each, as often as it occurs. */
  get domains(): readonly string[] {
    return [...this.addresses].map(domainOf);
  }

  /** @param address normalised */
  has(address: string): boolean {
    return this.addresses.has(withoutTag(address));
  }
}

function withoutTag(address: string): string {
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address;
}
