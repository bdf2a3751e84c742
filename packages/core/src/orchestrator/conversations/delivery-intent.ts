/**
 * DeliveryIntent is the word that a delivery is about to send something, recorded before it does. Without it, a delivery that
 * broke off has surely sent nothing, whether it failed or its process died.
 */
export class DeliveryIntent {
	readonly #record: () => Promise<void>;
	#recorded: Promise<void> | undefined;
	#refusal: unknown;
	#over = false;

	constructor(record: () => Promise<void>) {
		this.#record = record;
	}

	/** Something may have been sent. */
	get isNoted(): boolean {
		return this.#recorded !== undefined;
	}

	/** Why it could not be recorded; undefined if it could. */
	get refusal(): unknown {
		return this.#refusal;
	}

	/** Resolves once it is durable, and only then may something be sent; further calls change nothing. */
	note(): Promise<void> {
		if (this.#over) return Promise.reject(new Error('The delivery was given up.'));
		this.#recorded ??= this.#record().catch((error: unknown) => {
			this.#refusal = error;
			throw error;
		});
		return this.#recorded;
	}

	/** Nobody waits for the delivery any more: what has not left by now does not leave. */
	end(): void {
		this.#over = true;
	}
}
