import ipaddr from 'ipaddr.js';

/** NAT64 and 6to4 carry an IPv4 address inside: what they lead to decides. */
function innerOf(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const [first, second, third] = address.parts;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  if (first === 0x64 && second === 0xff9b) return new ipaddr.IPv4(bytes.slice(12));
  if (first === 0x2002) return new ipaddr.IPv4([second! >> 8, second! & 255, third! >> 8, third! & 255]);
  return undefined;
}

/**
 * Whether an address of IPv4 or IPv6 is one of the public internet: not loopback, private, link-local, shared, reserved,
 * multicast or documentation, however it is wrapped. The addresses of clouds' metadata services are link-local or unique
 * local.
 *
 * @returns false also for what is no address
 * @see IANA special-purpose address registries, as `ipaddr.js` knows them
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return address.range() === 'unicast';
  const inner = innerOf(address as ipaddr.IPv6);
  if (inner !== undefined) return inner.range() === 'unicast';
  return address.range() === 'unicast';
}
