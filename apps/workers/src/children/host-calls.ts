import { receivedError } from '@errand/core/domain/sent-error.ts';
import type { CallListener, ServiceCall } from '../services/service-call.ts';
import type { ToChild } from './protocol.ts';

/** HostCalls are the calls of a child that its host has not answered yet. */
export class HostCalls {
	readonly #send: (call: number, request: ServiceCall) => void;
	readonly #open = new Map<number, OpenCall>();
	#last = 0;

	constructor(send: (call: number, request: ServiceCall) => void) {
		this.#send = send;
	}

	/** Rejects with the CoreError that the host gave. */
	make(request: ServiceCall, listener: CallListener = {}): Promise<unknown> {
		this.#last++;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		this.#open.set(this.#last, { listener, resolve, reject });
		this.#send(this.#last, request);
		return promise;
	}

	/** Forgets what a run that has ended still waited for: its host answers no more. */
	forget(): void {
		this.#open.clear();
	}

	/** Takes what the host says about a call; a word about one that is over is ignored. */
	hear(word: Extract<ToChild, { call: number }>): void {
		const call = this.#open.get(word.call);
		switch (word.kind) {
			case 'piece':
				return call?.listener.onText?.(word.text);
			case 'restarted':
				return call?.listener.onRestart?.();
			case 'answered':
				this.#open.delete(word.call);
				return call?.resolve(word.value);
			case 'refused':
				this.#open.delete(word.call);
				return call?.reject(receivedError(word.error));
		}
	}
}

interface OpenCall {
	readonly listener: CallListener;
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}
