import { BlockList, isIP } from 'node:net';

/**
 * refusalOf names the rule that keeps this IP address from being dialled on behalf of a person, page or plan; undefined
 * means it is an ordinary public address. An IPv4 address hidden in an IPv6 one (mapped, NAT64, 6to4) is judged as itself.
 */
export function refusalOf(address: string): string | undefined {
	const version = isIP(address);
	if (version === 0) return 'something that is not an IP address';
	const family = version === 4 ? 'ipv4' : 'ipv6';
	return RULES.find((rule) => rule.list.check(address, family))?.name;
}

/** isPrivateAddress tells whether an IP address is one that the guard refuses. */
export function isPrivateAddress(address: string): boolean {
	return refusalOf(address) !== undefined;
}

/** privateAddresses is the same rules as one list, for `net.connect({ blockList })` and proxies that take one. */
export function privateAddresses(): BlockList {
	const list = new BlockList();
	for (const [net, prefix] of IPV4) addIpv4(list, net, prefix);
	for (const [net, prefix] of IPV6) list.addSubnet(net, prefix, 'ipv6');
	return list;
}

type Rule = readonly [net: string, prefix: number, name: string];

// The narrow rule stands before the wide one that contains it, so that the message names the narrow one.
const IPV4: readonly Rule[] = [
	['169.254.169.254', 32, 'a cloud metadata address'],
	['169.254.170.2', 32, 'a cloud metadata address'],
	['100.100.100.200', 32, 'a cloud metadata address'],
	['168.63.129.16', 32, 'a cloud metadata address'],
	['192.0.0.192', 32, 'a cloud metadata address'],
	['255.255.255.255', 32, 'the broadcast address'],
	['0.0.0.0', 8, 'an address of this host'],
	['10.0.0.0', 8, 'a private address'],
	['100.64.0.0', 10, 'a shared (carrier-grade NAT) address'],
	['127.0.0.0', 8, 'a loopback address'],
	['169.254.0.0', 16, 'a link-local address'],
	['172.16.0.0', 12, 'a private address'],
	['192.0.0.0', 24, 'a reserved address'],
	['192.0.2.0', 24, 'a documentation address'],
	['192.88.99.0', 24, 'a reserved address'],
	['192.168.0.0', 16, 'a private address'],
	['198.18.0.0', 15, 'a benchmarking address'],
	['198.51.100.0', 24, 'a documentation address'],
	['203.0.113.0', 24, 'a documentation address'],
	['224.0.0.0', 4, 'a multicast address'],
	['240.0.0.0', 4, 'a reserved address'],
];

const IPV6: readonly Rule[] = [
	['fd00:ec2::254', 128, 'a cloud metadata address'],
	['fd20:ce::254', 128, 'a cloud metadata address'],
	['::', 128, 'an address of this host'],
	['::1', 128, 'a loopback address'],
	['::', 96, 'a reserved address'],
	['::ffff:0:0:0', 96, 'a translated address'],
	['64:ff9b:1::', 48, 'a local translation (NAT64) address'],
	['100::', 8, 'a reserved address'],
	['200::', 7, 'a reserved address'],
	['400::', 6, 'a reserved address'],
	['800::', 5, 'a reserved address'],
	['1000::', 4, 'a reserved address'],
	['2001::', 32, 'a tunnel (Teredo) address'],
	['2001:2::', 48, 'a benchmarking address'],
	['2001:10::', 28, 'a reserved address'],
	['2001:20::', 28, 'a reserved address'],
	['2001:db8::', 32, 'a documentation address'],
	['3fff::', 20, 'a documentation address'],
	['fc00::', 7, 'a private (unique local) address'],
	['fe80::', 10, 'a link-local address'],
	['fec0::', 10, 'a private (site-local) address'],
	['ff00::', 8, 'a multicast address'],
	// Global unicast is 2000::/3 alone; whatever lies above and was not named yet is unassigned.
	['4000::', 2, 'a reserved address'],
	['8000::', 1, 'a reserved address'],
];

function addIpv4(list: BlockList, net: string, prefix: number): void {
	const [a = 0, b = 0, c = 0, d = 0] = net.split('.').map(Number);
	const high = ((a << 8) | b).toString(16);
	const low = ((c << 8) | d).toString(16);
	list.addSubnet(net, prefix, 'ipv4');
	list.addSubnet(`::ffff:${high}:${low}`, 96 + prefix, 'ipv6');
	list.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, 'ipv6');
	list.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6');
}

const RULES: readonly { readonly name: string; readonly list: BlockList }[] = [
	...IPV4.map(([net, prefix, name]) => {
		const list = new BlockList();
		addIpv4(list, net, prefix);
		return { name, list };
	}),
	...IPV6.map(([net, prefix, name]) => {
		const list = new BlockList();
		list.addSubnet(net, prefix, 'ipv6');
		return { name, list };
	}),
];
