import { describeError } from '@errand/core/domain/errors.ts';
import { frontendOffer } from '@errand/core/orchestrator/conversations/conversation-streams.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IStreamHomes } from '@errand/core/ports/stream-homes.ts';

interface Dependencies {
	readonly homes: IStreamHomes;
	/** Has what waits for a frontend go out. */
	readonly back: (name: string) => void;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** FrontendPresence lets the other processes know which frontends run here, so that their conversations are driven where replies can go out. */
export class FrontendPresence {
	readonly #deps: Dependencies;
	readonly #running = new Set<string>();
	readonly #callOff = new Map<string, () => void>();
	#announcing: Promise<void> = Promise.resolve();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** A frontend begins to work here, or works again. `single`: it works nowhere else. */
	appeared(name: string, { single = false } = {}): void {
		this.#deps.back(name);
		if (this.#running.has(name)) return;
		this.#running.add(name);
		// Whoever drove its conversations could not send; where another process can, they stay there.
		const sparing = single ? undefined : frontendOffer(name);
		const claim = () => this.#deps.homes.claim(`conversation-${name}-`, sparing);
		this.#announce(claim);
		if (!this.#deps.homes.alone) this.#claimLater(name, claim);
	}

	disappeared(name: string): void {
		this.#callOff.get(name)?.();
		this.#callOff.delete(name);
		if (this.#running.delete(name)) this.#announce(async () => {});
	}

	/** Claims nothing more; safe to call twice. */
	stop(): void {
		for (const callOff of this.#callOff.values()) callOff();
		this.#callOff.clear();
	}

	/** Processes that take over from a dead one, or have not heard yet where the frontend is, come to drive what they cannot send. */
	#claimLater(name: string, claim: () => Promise<void>): void {
		const { clock, log } = this.#deps;
		const again = async () => {
			try {
				await claim();
			} catch (error) {
				log.debug('conversations not claimed', { frontend: name, error: describeError(error) });
			}
			if (this.#callOff.has(name)) this.#claimLater(name, claim);
		};
		this.#callOff.set(
			name,
			clock.after(CLAIM_EVERY_MS, () => void again()),
		);
	}

	#announce(then: () => Promise<void>): void {
		this.#announcing = this.#announcing
			.then(async () => {
				await this.#deps.homes.offer([...this.#running].map(frontendOffer));
				await then();
			})
			.catch((error: unknown) => {
				this.#deps.log.warn('frontends not announced to the other processes', { error: describeError(error) });
			});
	}
}

const CLAIM_EVERY_MS = 1_000;
