import { CoreError } from '../../domain/errors.ts';
import { type IPeerCalls, MAX_CALL_LENGTH } from '../../ports/peer-calls.ts';

type Answer = (request: string) => Promise<string>;

/** InProcessPeerCalls are for a server that is alone: whoever serves a name is here. */
export class InProcessPeerCalls implements IPeerCalls {
	readonly #served = new Map<string, Answer>();

	serve(name: string, answer: Answer): () => void {
		this.#served.set(name, answer);
		return () => {
			if (this.#served.get(name) === answer) this.#served.delete(name);
		};
	}

	async ask(name: string, request: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<string> {
		refuseTooLarge(name, request);
		const answer = this.#served.get(name);
		if (answer === undefined) throw nobodyServes(name);
		const late = Promise.withResolvers<never>();
		const timer = setTimeout(() => late.reject(noAnswer(name, timeoutMs)), timeoutMs);
		try {
			const said = await Promise.race([answer(request), late.promise]);
			refuseTooLarge(name, said);
			return said;
		} finally {
			clearTimeout(timer);
		}
	}
}

/** nobodyServes says that a call reached nobody. */
export function nobodyServes(name: string): CoreError {
	return new CoreError('frontend-down', `Nobody takes calls for "${name}" now.`, {
		hint: 'Try it again in a moment: it may be starting, or moving to another process.',
	});
}

/** noAnswer says that a call was not answered in time. */
export function noAnswer(name: string, timeoutMs: number): CoreError {
	return new CoreError('timed-out', `A call for "${name}" was not answered within ${timeoutMs} ms.`, {
		hint: 'Look whether the process that serves it is busy or cut off.',
	});
}

/** refuseTooLarge throws where a text is more than a call carries. */
export function refuseTooLarge(name: string, text: string): void {
	if (text.length <= MAX_CALL_LENGTH) return;
	throw new CoreError('too-large', `A call for "${name}" is larger than processes tell each other.`, {
		hint: `Send less than ${MAX_CALL_LENGTH} characters at once.`,
	});
}
