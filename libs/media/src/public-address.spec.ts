import { isPublicAddress } from './public-address.js';

describe('isPublicAddress', () => {
  it.each([
    '1.1.1.1',
    '203.162.4.190',
    '2606:4700:4700::1111',
    '2001:ee0:4b5f::1',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
  ])('takes %s for public', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['loopback', '127.0.0.1'],
    ['all of loopback', '127.9.9.9'],
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['link-local, where clouds keep metadata', '169.254.169.254'],
    ['shared by carriers', '100.64.0.1'],
    ['benchmarks', '198.18.0.1'],
    ['documentation', '192.0.2.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['loopback of IPv6', '::1'],
    ['unspecified', '::'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local of IPv6', 'fe80::1'],
    ['multicast of IPv6', 'ff02::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped private, in hexadecimal', '::ffff:a01:203'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['6to4 of a private one', '2002:a01:203::1'],
    ['documentation of IPv6', '2001:db8::1'],
    ['no address', 'localhost'],
    ['nothing', ''],
  ])('refuses %s: %s', (_what, address) => expect(isPublicAddress(address)).toBe(false));
});
