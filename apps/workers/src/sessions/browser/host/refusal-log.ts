import type { ProxyRefusal } from '@errand/core/adapters/network/guard-proxy.ts';
import type { CoreError } from '@errand/core/domain/errors.ts';

/** RefusalLog is what the guard proxy did not let through for one browser, the latest last. */
export class RefusalLog {
	readonly #entries: Entry[] = [];
	#dropped = 0;

	/** Where the log ends now. */
	get end(): number {
		return this.#dropped + this.#entries.length;
	}

	add({ url, error }: Pick<ProxyRefusal, 'url' | 'error'>): void {
		this.#entries.push({ place: placeOf(url), host: url.host, error });
		if (this.#entries.length <= MAX_ENTRIES) return;
		this.#entries.shift();
		this.#dropped++;
	}

	/** The last thing said since about the place of this address. */
	about(address: string, since: number): CoreError | undefined {
		const place = URL.canParse(address) ? placeOf(new URL(address)) : undefined;
		return this.#since(since).findLast((entry) => entry.place === place)?.error;
	}

	/** The last thing said since. */
	latest(since: number): CoreError | undefined {
		return this.#since(since).at(-1)?.error;
	}

	/** What the guard refused since, as `host: reason`, each once; `isMine` says which places count. */
	refused(since: number, isMine: (place: string) => boolean): string[] {
		const lines = this.#since(since)
			.filter(({ error, place }) => error.code === 'address-refused' && isMine(place))
			.map(({ host, error }) => `${host}: ${reasonOf(error)}`);
		return [...new Set(lines)].slice(0, MAX_SHOWN);
	}

	#since(mark: number): Entry[] {
		return this.#entries.slice(Math.max(0, mark - this.#dropped));
	}
}

/** placeOf names the server of an address: host and port, whatever the protocol. */
export function placeOf({ hostname, port, protocol }: URL): string {
	const usual = protocol === 'https:' || protocol === 'wss:' ? '443' : '80';
	return `${hostname}:${port === '' ? usual : port}`;
}

interface Entry {
	readonly place: string;
	readonly host: string;
	readonly error: CoreError;
}

const MAX_ENTRIES = 500;
const MAX_SHOWN = 50;

function reasonOf({ message }: CoreError): string {
	return message.replace(/^Refused to fetch \S+: /, '').replace(/\.$/, '');
}
