import { describe, expect, test } from 'vitest';
import { isPrivateAddress, privateAddresses, refusalOf } from './private-address.ts';

const REFUSED: readonly (readonly [address: string, rule: RegExp])[] = [
	['127.0.0.1', /loopback/],
	['127.255.255.254', /loopback/],
	['0.0.0.0', /this host/],
	['0.1.2.3', /this host/],
	['10.1.2.3', /private/],
	['172.16.0.1', /private/],
	['172.31.255.255', /private/],
	['192.168.178.1', /private/],
	['100.64.0.1', /shared/],
	['100.127.255.255', /shared/],
	['100.100.100.200', /metadata/],
	['169.254.169.254', /metadata/],
	['169.254.1.1', /link-local/],
	['168.63.129.16', /metadata/],
	['192.0.0.192', /metadata/],
	['192.0.2.1', /documentation/],
	['198.18.0.1', /benchmarking/],
	['198.19.255.255', /benchmarking/],
	['198.51.100.7', /documentation/],
	['203.0.113.9', /documentation/],
	['224.0.0.1', /multicast/],
	['239.255.255.250', /multicast/],
	['240.0.0.1', /reserved/],
	['255.255.255.255', /broadcast/],
	['::', /this host/],
	['::1', /loopback/],
	['::7f00:1', /reserved/],
	['::ffff:127.0.0.1', /loopback/],
	['::ffff:7f00:1', /loopback/],
	['::ffff:169.254.169.254', /metadata/],
	['::ffff:10.0.0.1', /private/],
	['::ffff:0:127.0.0.1', /translated/],
	['64:ff9b::127.0.0.1', /loopback/],
	['64:ff9b::10.0.0.1', /private/],
	['64:ff9b::a9fe:a9fe', /metadata/],
	['64:ff9b:1::1', /NAT64/],
	['2002:7f00:1::', /loopback/],
	['2002:a00:1::1', /private/],
	['2002:c0a8:1::1', /private/],
	['2002:a9fe:a9fe::', /metadata/],
	['2001:0:4136:e378:8000:63bf:3fff:fdd2', /Teredo/],
	['2001:db8::1', /documentation/],
	['3fff::1', /documentation/],
	['fc00::1', /unique local/],
	['fd12:3456::1', /unique local/],
	['fd00:ec2::254', /metadata/],
	['fe80::1', /link-local/],
	['febf::1', /link-local/],
	['fec0::1', /site-local/],
	['ff02::1', /multicast/],
	['100::1', /reserved/],
	['5f00::1', /reserved/],
	['9000::1', /reserved/],
	['not-an-address', /not an IP address/],
];

const PUBLIC = [
	'1.1.1.1',
	'8.8.8.8',
	'9.255.255.255',
	'11.0.0.1',
	'100.63.255.255',
	'100.128.0.1',
	'126.255.255.255',
	'128.0.0.1',
	'169.253.255.255',
	'172.15.255.255',
	'172.32.0.1',
	'192.167.255.255',
	'192.169.0.1',
	'198.17.255.255',
	'198.20.0.1',
	'223.255.255.255',
	'::ffff:8.8.8.8',
	'64:ff9b::8.8.8.8',
	'2002:808:808::1',
	'2606:4700:4700::1111',
	'2a00:1450:4001:82a::200e',
];

describe('the addresses that are never dialled', () => {
	test.each(REFUSED)('%s is refused', (address, rule) => {
		expect(refusalOf(address)).toMatch(rule);
		expect(isPrivateAddress(address)).toBe(true);
	});

	test.each(PUBLIC)('%s passes', (address) => {
		expect(refusalOf(address)).toBeUndefined();
	});

	test('the one list for net.connect says the same as the named rules', () => {
		const list = privateAddresses();
		const family = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4');
		const addresses = REFUSED.map(([address]) => address).filter((address) => address !== 'not-an-address');
		expect(addresses.filter((address) => !list.check(address, family(address)))).toEqual([]);
		expect(PUBLIC.filter((address) => list.check(address, family(address)))).toEqual([]);
	});
});
