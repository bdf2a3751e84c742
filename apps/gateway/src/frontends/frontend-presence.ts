import { describeError } from '@errand/core/domain/errors.ts';
import { frontendOffer } from '@errand/core/orchestrator/conversations/conversation-streams.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IStreamHomes } from '@errand/core/ports/stream-homes.ts';

interface Dependencies {
	readonly homes: IStreamHomes;
	/** Has what waits for a frontend go out. */
	readonly back: (name: string) => void;
	readonly log: ILogger;
}

/** FrontendPresence lets the other processes know which frontends run here, so that their conversations are driven where replies can go out. */
export class FrontendPresence {
	readonly #deps: Dependencies;
	readonly #running = new Set<string>();
	#announcing: Promise<void> = Promise.resolve();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** A frontend begins to work here, or works again. */
	appeared(name: string): void {
		this.#deps.back(name);
		if (this.#running.has(name)) return;
		this.#running.add(name);
		// Whoever drove its conversations could not send; where another process can, they stay there.
		const isFirst = this.#deps.homes.offering(frontendOffer(name)) === undefined;
		this.#announce(async ({ homes }) => {
			if (isFirst) await homes.claim(`conversation-${name}-`);
		});
	}

	disappeared(name: string): void {
		if (this.#running.delete(name)) this.#announce(async () => {});
	}

	#announce(then: (deps: Dependencies) => Promise<void>): void {
		this.#announcing = this.#announcing
			.then(async () => {
				await this.#deps.homes.offer([...this.#running].map(frontendOffer));
				await then(this.#deps);
			})
			.catch((error: unknown) => {
				this.#deps.log.warn('frontends not announced to the other processes', { error: describeError(error) });
			});
	}
}
