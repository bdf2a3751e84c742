import { describeError } from '../../domain/errors.ts';
import type { BusMessages, IEventBus } from '../../ports/event-bus.ts';
import type { ILogger } from '../../ports/logger.ts';

type Topic = keyof BusMessages;
type Listeners = { readonly [T in Topic]: readonly ((message: BusMessages[T]) => void)[] };

/**
 * InProcessEventBus calls every listener at once, in the order they subscribed. A listener that throws is logged and
 * disturbs neither the publisher nor the others.
 */
export class InProcessEventBus implements IEventBus {
	readonly #log: ILogger;
	// Lists are replaced, never changed, so that subscribing or stopping inside a listener is safe.
	#listeners: Listeners = { facts: [], progress: [], storeState: [], missed: [] };

	constructor(log: ILogger) {
		this.#log = log;
	}

	publish<T extends Topic>(topic: T, message: BusMessages[T]): void {
		for (const listener of this.#listeners[topic]) {
			try {
				listener(message);
			} catch (error) {
				this.#log.error('bus listener failed', { topic, error: describeError(error) });
			}
		}
	}

	/** Whoever is in this process hears everything anyway. */
	async attend(): Promise<() => void> {
		return () => {};
	}

	subscribe<T extends Topic>(topic: T, listener: (message: BusMessages[T]) => void): () => void {
		// A wrapper of its own, because the same function may subscribe twice.
		const entry = (message: BusMessages[T]) => listener(message);
		this.#listeners = { ...this.#listeners, [topic]: [...this.#listeners[topic], entry] };
		return () => {
			this.#listeners = { ...this.#listeners, [topic]: this.#listeners[topic].filter((other) => other !== entry) };
		};
	}
}
