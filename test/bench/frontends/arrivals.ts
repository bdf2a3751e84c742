import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

const CHANNEL = 'http.server.request.start';

/** Arrivals tells when requests come to the platforms that are played in this process: at their first byte, before they are read. */
export class Arrivals {
	readonly #waiting = new Map<RegExp, () => void>();
	readonly #heard = (message: unknown) => {
		const { method, url } = (message as { request: IncomingMessage }).request;
		for (const [call, tell] of this.#waiting) {
			if (!call.test(`${method} ${url}`)) continue;
			this.#waiting.delete(call);
			tell();
		}
	};

	constructor() {
		subscribe(CHANNEL, this.#heard);
	}

	/** Resolves when the next call comes that fits a pattern: `^POST /path`. */
	next(call: string): Promise<void> {
		return new Promise((resolve) => this.#waiting.set(new RegExp(call), resolve));
	}

	close(): void {
		unsubscribe(CHANNEL, this.#heard);
	}
}
