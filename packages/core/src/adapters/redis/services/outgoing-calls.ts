import { CoreError, describeError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { receivedError } from '../../../domain/sent-error.ts';
import type { IClock } from '../../../ports/clock.ts';
import type { ServiceCallOptions } from '../../../ports/services.ts';
import { calledOff, lateAnswer } from '../../in-process/service-refusals.ts';
import type { RedisLine } from '../open-redis-line.ts';
import { readToCaller, type ToCaller, type ToService, type Word, writeCall } from './service-message.ts';

interface Options {
	readonly line: Pick<RedisLine, 'self' | 'keys' | 'commands' | 'channels' | 'reachable' | 'countsListeners'>;
	readonly clock: IClock;
	/** Whether a process is known not to offer a service any more. */
	readonly isGone: (name: string, process: string) => boolean;
}

/** Outgoing is a call of a service of another process; `body` is JSON text. */
export interface Outgoing extends ServiceCallOptions {
	readonly id: string;
	readonly name: string;
	readonly process: string;
	readonly method: string;
	readonly body: string;
	/** Called once when the other process has it. */
	readonly onSent?: (() => void) | undefined;
}

interface OpenCall {
	readonly outgoing: Outgoing;
	/** The number of the word that comes next. */
	next: number;
	/** When anything of that process was last heard, by `performance.now()`. */
	heardAt: number;
	/** How often nobody listened there when it was asked about. */
	unheard: number;
	resolve(said: { readonly answer: Json } | 'not-taken'): void;
	reject(error: CoreError): void;
}

/** OutgoingCalls are this process's calls of services elsewhere. Each is sent once; only what nobody heard may be sent to another one. */
export class OutgoingCalls {
	readonly #options: Options;
	readonly #open = new Map<string, OpenCall>();
	readonly #listening = new Map<string, Promise<() => void>>();
	readonly #stops: (() => void)[] = [];
	/** How often the connection was lost: whatever was on its way then may have been sent twice. */
	#losses = 0;

	constructor(options: Options) {
		this.#options = options;
		const { commands, channels } = options.line;
		const lost = () => {
			this.#losses += 1;
		};
		commands.on('close', lost);
		this.#stops.push(
			() => commands.off('close', lost),
			channels.onMissed(() => this.look()),
		);
	}

	/** How many calls this process has open with another one. */
	openWith(name: string, process: string): number {
		let count = 0;
		for (const { outgoing } of this.#open.values()) {
			if (outgoing.name === name && outgoing.process === process) count += 1;
		}
		return count;
	}

	/** Resolves with the answer, or `not-taken` where the process surely did not begin with it. */
	async call(outgoing: Outgoing): Promise<{ readonly answer: Json } | 'not-taken'> {
		const { id, name, timeoutMs, signal } = outgoing;
		if (signal?.aborted === true) throw calledOff(name);
		const { promise, resolve, reject } = Promise.withResolvers<{ readonly answer: Json } | 'not-taken'>();
		const call: OpenCall = { outgoing, next: 0, heardAt: performance.now(), unheard: 0, resolve, reject };
		const giveUp = (error: CoreError) => {
			this.#open.delete(id);
			reject(error);
			this.#tellOver(outgoing);
		};
		const cancel = () => giveUp(calledOff(name));
		signal?.addEventListener('abort', cancel, { once: true });
		const callOff = this.#options.clock.after(timeoutMs, () => giveUp(lateAnswer(name, timeoutMs)));
		try {
			void this.#send(call).catch((error: unknown) => reject(unsent(name, error)));
			return await promise;
		} finally {
			callOff();
			signal?.removeEventListener('abort', cancel);
			this.#open.delete(id);
		}
	}

	/** Says which calls are open, and gives up those whose process is gone. Call it every second or so. */
	look(): void {
		const now = performance.now();
		const groups = Map.groupBy(this.#open.values(), ({ outgoing: { name, process } }) => `${name} ${process}`);
		for (const calls of groups.values()) {
			for (const call of calls) {
				// While Redis is away, nobody can be heard.
				if (!this.#options.line.reachable()) call.heardAt = now;
				else if (now - call.heardAt > SERVICE_GONE_MS) call.reject(died(call.outgoing.name));
			}
			const [first] = calls;
			if (first !== undefined) void this.#hold(first.outgoing);
		}
	}

	/** Gives up everything; a second call does nothing. */
	stop(): void {
		for (const stop of this.#stops.splice(0)) stop();
		for (const call of this.#open.values()) call.reject(calledOff(call.outgoing.name));
		for (const listening of this.#listening.values()) void listening.then((stop) => stop());
		this.#listening.clear();
	}

	async #send(call: OpenCall): Promise<void> {
		const { id, name, process, method, body, timeoutMs, signal, onSent } = call.outgoing;
		const { line } = this.#options;
		await this.#listen(name);
		if (signal?.aborted === true) return;
		this.#open.set(id, call);
		const losses = this.#losses;
		const text = writeCall({ id, from: line.self, method, timeoutMs }, body);
		const heardBy = await line.commands.publish(line.keys.serviceCallsChannel(name, process), text);
		if (heardBy > 0) return onSent?.();
		// One that was sent twice may have been heard the first time.
		if (losses === this.#losses && line.countsListeners()) call.resolve('not-taken');
		else call.reject(died(name));
	}

	#listen(name: string): Promise<() => void> {
		const { channels, keys, self } = this.#options.line;
		const listening =
			this.#listening.get(name) ??
			channels.listen(keys.serviceAnswersChannel(name, self), (text) => {
				const said = readToCaller(text);
				if (said !== undefined) this.#hear(name, said);
			});
		this.#listening.set(name, listening);
		return listening;
	}

	#hear(name: string, said: ToCaller): void {
		switch (said.kind) {
			case 'away':
				return this.#open.get(said.id)?.resolve('not-taken');
			case 'known': {
				for (const call of this.#open.values()) {
					if (call.outgoing.name !== name || call.outgoing.process !== said.by) continue;
					call.heardAt = performance.now();
					if (said.unknown.includes(call.outgoing.id)) call.reject(died(name));
				}
				return;
			}
			case 'words':
				return this.#hearWords(said);
		}
	}

	#hearWords({ id, first, words }: Extract<ToCaller, { kind: 'words' }>): void {
		const call = this.#open.get(id);
		if (call === undefined) return;
		call.heardAt = performance.now();
		// What was lost in between is told again, and this after it.
		if (first > call.next) return;
		const before = call.next;
		for (const word of words.slice(call.next - first)) {
			call.next += 1;
			this.#take(call, word);
		}
		const confirms = Math.floor(call.next / CONFIRM_EVERY) > Math.floor(before / CONFIRM_EVERY);
		if (confirms && this.#open.has(id)) void this.#hold(call.outgoing);
	}

	#take({ outgoing, resolve, reject }: OpenCall, word: Word): void {
		if ('piece' in word) return outgoing.onPiece?.(word.piece);
		this.#open.delete(outgoing.id);
		this.#tellOver(outgoing);
		if ('answer' in word) resolve({ answer: word.answer });
		else reject(receivedError(word.error));
	}

	/** Says all calls that are open with a process: it ends the others, and tells again what of these was lost. */
	async #hold({ name, process }: Outgoing): Promise<void> {
		const { line, isGone } = this.#options;
		const calls = [...this.#open.values()].filter(
			({ outgoing }) => outgoing.name === name && outgoing.process === process,
		);
		if (calls.length === 0 || !line.reachable()) return;
		const losses = this.#losses;
		const held: ToService = {
			kind: 'held',
			from: line.self,
			calls: calls.map(({ outgoing, next }) => [outgoing.id, next]),
		};
		const heardBy = await this.#publish(name, process, held);
		for (const call of calls) {
			if (heardBy !== 0 || losses !== this.#losses) call.unheard = 0;
			else call.unheard += 1;
			// It may be on its way back to Redis after an outage, unless it is known to be gone.
			if (call.unheard >= MAX_UNHEARD || (call.unheard > 0 && isGone(name, process))) call.reject(died(name));
		}
	}

	#tellOver({ id, name, process }: Outgoing): void {
		void this.#publish(name, process, { kind: 'over', id });
	}

	/** How many heard it; undefined where that is not known. */
	async #publish(name: string, process: string, said: ToService): Promise<number | undefined> {
		const { commands, keys } = this.#options.line;
		try {
			return await commands.publish(keys.serviceCallsChannel(name, process), JSON.stringify(said));
		} catch {
			return undefined;
		}
	}
}

function died(name: string): CoreError {
	return new CoreError('service-down', `The process that carried out a call of the service "${name}" is gone.`, {
		hint: 'The call may have been carried out in part, and was not repeated. Make it again if that does no harm.',
	});
}

function unsent(name: string, cause: unknown): CoreError {
	return new CoreError(
		'service-down',
		`Cannot call the service "${name}": Redis does not answer (${describeError(cause)}).`,
		{
			hint: 'Check that Redis runs and that REDIS_URL leads to it. Errand goes on by itself once it answers.',
			cause,
		},
	);
}

/** So many words are confirmed at once, besides what is confirmed every second. */
const CONFIRM_EVERY = 1_000;
const MAX_UNHEARD = 3;
/** Each process says within a second that it is there. */
const SERVICE_GONE_MS = 10_000;
