import { setTimeout as pause } from 'node:timers/promises';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { ServerPlace } from '@errand/frontends/terminal/server-place.ts';
import { type Asked, type JsonResult, Lost, post, type Reached } from './post.ts';

/** A server that restarts is waited for so long before another one is started in its place, ms. */
const RESTART_MS = 3_000;
const TRIES = 4;

/**
 * Upstream is the running server, found when it is first needed and again when it went away; one that does not run is
 * started. What never reached a server is asked again; what may have is asked again only if it does no more then.
 */
export class Upstream {
	readonly #place: ServerPlace;
	readonly #say: (words: unknown) => void;
	#found: Promise<Reached> | undefined;
	#known = false;

	constructor(place: ServerPlace, say: (words: unknown) => void) {
		this.#place = place;
		this.#say = say;
	}

	/** Resolves with a result. Rejects with the server's refusal, `service-down`, or `unknown-outcome`. */
	async ask(asked: Asked): Promise<JsonResult> {
		for (let tries = 1; ; tries++) {
			const server = await this.#find();
			try {
				return await post(server, asked);
			} catch (error) {
				if (!(error instanceof Lost)) throw error;
				this.#found = undefined;
				if (asked.signal?.aborted === true) throw error.cause;
				if (error.mayHaveRun && !asked.repeatable) throw unknownOutcome(asked.method, error);
				if (tries === TRIES) throw down(error);
				await pause(150 * tries);
			}
		}
	}

	#find(): Promise<Reached> {
		if (this.#found === undefined) {
			const finding = this.#look().catch((error: unknown) => {
				if (this.#found === finding) this.#found = undefined;
				throw error;
			});
			this.#found = finding;
		}
		return this.#found;
	}

	async #look(): Promise<Reached> {
		// Loaded when it is first needed: a client that only lists the tools need not wait for it.
		const { findServer, runningServer } = await import('@errand/frontends/terminal/find-server.ts');
		const until = Date.now() + RESTART_MS;
		while (this.#known && Date.now() < until) {
			const running = await runningServer(this.#place).catch((error: unknown) => {
				if (isCoreError(error, 'unauthorized')) throw error;
				return undefined;
			});
			if (running !== undefined) return running;
			await pause(100);
		}
		const found = await findServer(this.#place, () => this.#say('Starting Errand…'), {
			stays: true,
			log: 'mcp-server.log',
		});
		this.#known = true;
		return found;
	}
}

function unknownOutcome(method: string, cause: Error): CoreError {
	return new CoreError(
		'unknown-outcome',
		`The connection to Errand broke during ${method}; it may or may not be done.`,
		{
			hint: 'Look how things stand before you try it again.',
			cause,
		},
	);
}

function down(cause: Error): CoreError {
	return new CoreError('service-down', 'Errand’s server does not answer.', {
		hint: 'Look at mcp-server.log in its data directory, or start it with `npm start`.',
		cause,
	});
}
