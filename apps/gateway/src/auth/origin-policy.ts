import { isIP } from 'node:net';
import { CoreError } from '@errand/core/domain/errors.ts';

/** ListeningAddress is where the server listens; known once it does. */
export interface ListeningAddress {
	readonly host: string;
	readonly port: number;
}

/** OriginHeaders are what the check looks at. */
export interface OriginHeaders {
	readonly host?: string | undefined;
	readonly origin?: string | undefined;
}

/**
 * OriginPolicy says which Host and Origin headers are this server's own. A foreign Host is DNS rebinding, a foreign Origin
 * is another site's page; both are `forbidden`.
 */
export class OriginPolicy {
	readonly #listening: () => ListeningAddress;
	readonly #publicUrl: URL | undefined;
	#own: { hosts: ReadonlySet<string>; port: number; wildcard: boolean } | undefined;

	constructor(listening: () => ListeningAddress, publicUrl: string | undefined) {
		this.#listening = listening;
		this.#publicUrl = publicUrl === undefined ? undefined : new URL(publicUrl);
	}

	/** Throws `forbidden` unless the request names this server and comes from no other site. */
	check({ host, origin }: OriginHeaders): void {
		if (!this.#isOwnHost(host)) {
			throw new CoreError('forbidden', `This server does not answer to the host "${(host ?? '').slice(0, 100)}".`, {
				hint: 'Open it under the address it listens on, or set ERRAND_PUBLIC_URL to the address people use.',
			});
		}
		if (origin !== undefined && !this.#isOwnOrigin(origin)) {
			throw new CoreError('forbidden', `Requests from pages of "${origin.slice(0, 100)}" are not allowed.`, {
				hint: 'Use the page this server serves, or call the API from outside a browser.',
			});
		}
	}

	/** Whether the request was sent by a page of this very address; a request that a login cookie vouches for needs that. */
	isSameOrigin({ host, origin }: OriginHeaders): boolean {
		return (
			origin !== undefined && this.#isOwnOrigin(origin) && new URL(origin).host === withoutDefaultPort(host, origin)
		);
	}

	/** Whether the request was addressed to the public URL: then it may have come through a proxy, whatever address it shows. */
	isPublic(host: string | undefined): boolean {
		return this.#publicUrl !== undefined && withoutDefaultPort(host, this.#publicUrl.href) === this.#publicUrl.host;
	}

	/** Whether browsers reach this address over HTTPS, so that cookies may insist on it. */
	isSecure(host: string | undefined): boolean {
		return this.isPublic(host) && this.#publicUrl?.protocol === 'https:';
	}

	/** Where a person's browser finds this server. */
	address(): string {
		if (this.#publicUrl) return this.#publicUrl.origin;
		const { host, port } = this.#listening();
		const name = isWildcard(host) ? '127.0.0.1' : host;
		return `http://${bracketed(name)}:${port}`;
	}

	#isOwnHost(host: string | undefined): boolean {
		if (host === undefined) return false;
		const own = this.#ownHosts();
		const name = host.toLowerCase();
		if (own.hosts.has(name)) return true;
		if (this.isPublic(name)) return true;
		// Rebinding needs a name: bound to every address, a literal one is as good as any other.
		return own.wildcard && isLiteralAt(name, own.port);
	}

	#isOwnOrigin(origin: string): boolean {
		if (!URL.canParse(origin)) return false;
		const url = new URL(origin);
		if (this.#publicUrl?.origin === url.origin) return true;
		return url.protocol === 'http:' && this.#isOwnHost(url.port === '' ? `${url.host}:80` : url.host);
	}

	#ownHosts() {
		if (this.#own) return this.#own;
		const { host, port } = this.#listening();
		const names = ['localhost', '127.0.0.1', '[::1]', bracketed(host.toLowerCase())];
		const hosts = new Set(names.map((name) => `${name}:${port}`));
		if (port === 80) for (const name of names) hosts.add(name);
		this.#own = { hosts, port, wildcard: isWildcard(host) };
		return this.#own;
	}
}

function isWildcard(host: string): boolean {
	return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
	return isIP(host) === 6 ? `[${host}]` : host;
}

function isLiteralAt(host: string, port: number): boolean {
	const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d+))?$/.exec(host);
	return match !== null && isIP(match[1] ?? match[2] ?? '') !== 0 && Number(match[3] ?? 80) === port;
}

function withoutDefaultPort(host: string | undefined, of: string): string | undefined {
	const suffix = of.startsWith('https:') ? ':443' : ':80';
	const name = host?.toLowerCase();
	return name?.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}
