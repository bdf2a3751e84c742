import { CoreError } from '../../domain/errors.ts';
import { refusalOf } from './private-address.ts';

/** HINT_ALLOW tells the operator how to open one private address on purpose. */
export const HINT_ALLOW =
	'Errand reads public addresses only. To allow this one, add its host:port to ERRAND_ALLOW_PRIVATE_HOSTS.';

/**
 * checkedUrl parses an address that a person, page or plan supplied and refuses what can be refused before DNS: other
 * schemes than http and https, credentials, ports of services that are not web servers, private IP addresses in any
 * spelling (the URL parser turns decimal, octal and hexadecimal forms into dotted ones). Throws `invalid-input` or `address-refused`.
 */
export function checkedUrl(text: string, allowed: ReadonlySet<string>): URL {
	if (!URL.canParse(text)) {
		throw new CoreError('invalid-input', `Cannot fetch "${shorten(text)}": it is not a valid web address.`, {
			hint: 'Give a full address such as https://example.com/page.',
		});
	}
	const url = new URL(text);
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		throw refused(
			url,
			`only http and https addresses are read, not "${url.protocol}"`,
			'Give an http or https address.',
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw refused(url, 'it holds a user name or password', 'Remove the part before "@" from the address.');
	}
	if (allowed.has(hostPort(url))) return url;
	if (FOREIGN_PORTS.has(portOf(url))) {
		throw refused(url, `port ${portOf(url)} belongs to a service that is not a web server`, HINT_ALLOW);
	}
	const literal = url.hostname.replace(/^\[|\]$/g, '');
	const rule = /^[\d.]+$|:/.test(literal) ? refusalOf(literal) : undefined;
	if (rule !== undefined) throw refused(url, `${literal} is ${rule}`, HINT_ALLOW);
	return url;
}

/** refused is the error for an address the guard does not let through. */
export function refused(url: URL, reason: string, hint: string): CoreError {
	return new CoreError('address-refused', `Refused to fetch ${showUrl(url)}: ${reason}.`, { hint });
}

/** showUrl writes an address for messages: no credentials, no endless query. */
export function showUrl(url: URL): string {
	const bare = new URL(url);
	bare.username = '';
	bare.password = '';
	return shorten(bare.href);
}

/** hostPort is how an address is looked up in the list of allowed private hosts. */
export function hostPort(url: URL): string {
	return `${url.hostname.toLowerCase()}:${portOf(url)}`;
}

/** allowedHosts reads the `host:port` entries of ERRAND_ALLOW_PRIVATE_HOSTS into the form that `hostPort` gives. */
export function allowedHosts(entries: readonly string[]): ReadonlySet<string> {
	return new Set(
		entries.map((entry) => {
			const text = entry.trim();
			const port = Number(/:(\d{1,5})$/.exec(text)?.[1] ?? Number.NaN);
			if (!URL.canParse(`http://${text}`) || !(port > 0 && port <= 65_535) || /[/@?#]/.test(text)) {
				throw new CoreError('invalid-config', `Cannot read "${entry}" as a private host to allow.`, {
					hint: 'Write ERRAND_ALLOW_PRIVATE_HOSTS as host:port entries, e.g. localhost:8080,192.168.1.5:80.',
				});
			}
			return `${new URL(`http://${text}`).hostname.toLowerCase()}:${port}`;
		}),
	);
}

function portOf(url: URL): number {
	if (url.port !== '') return Number(url.port);
	return url.protocol === 'https:' ? 443 : 80;
}

function shorten(text: string): string {
	return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

// The ports that browsers refuse (https://fetch.spec.whatwg.org/#port-blocking), and common databases and caches.
const FOREIGN_PORTS: ReadonlySet<number> = new Set([
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
	111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531,
	532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375, 3306, 3389,
	3659, 4045, 4190, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080, 11_211,
	27_017,
]);
