import { CoreError, isCoreError } from '../../../domain/errors.ts';
import { sentError } from '../../../domain/sent-error.ts';
import type { LocalCalls } from '../../in-process/local-calls.ts';
import type { RedisLine } from '../open-redis-line.ts';
import { RecentIds } from '../recent-ids.ts';
import { ServedCall } from './served-call.ts';
import { readToService, type ToCaller, type ToService } from './service-message.ts';

interface Options {
	readonly line: Pick<RedisLine, 'self' | 'keys' | 'commands' | 'channels' | 'reachable'>;
	readonly calls: LocalCalls;
}

/** IncomingCalls are what other processes ask of the services that are offered here. */
export class IncomingCalls {
	readonly #options: Options;
	/** By service, then by id. */
	readonly #open = new Map<string, Map<string, ServedCall>>();
	readonly #listening = new Map<string, Promise<() => void>>();
	readonly #taken = new RecentIds(REMEMBERED);
	#stopped = false;

	constructor(options: Options) {
		this.#options = options;
	}

	/** Hears the calls of a service from now on; resolves once it does, or Redis turned out to be away. */
	async listen(name: string): Promise<void> {
		const { channels, keys, self } = this.#options.line;
		const hear = (text: string) => this.#hear(name, text);
		if (!this.#listening.has(name)) {
			this.#listening.set(name, channels.listen(keys.serviceCallsChannel(name, self), hear));
		}
		await this.#listening.get(name);
	}

	/** Gives up calls whose callers are gone. Call it every second or so. */
	look(): void {
		const now = performance.now();
		for (const [name, calls] of this.#open) {
			for (const call of calls.values()) {
				// While Redis is away, nobody can be heard.
				if (!this.#options.line.reachable()) call.heardAt = now;
				if (now - call.heardAt > CALLER_GONE_MS) this.#end(name, call);
				else if (now - call.heardAt > CALLER_LATE_MS) void this.#probe(name, call);
			}
		}
	}

	/** Tells callers that nothing comes any more; a second call does nothing. */
	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		const told: Promise<void>[] = [];
		for (const [name, calls] of this.#open) {
			for (const call of calls.values()) {
				call.say(JSON.stringify({ error: sentError(stopping(name)) }), { last: true });
				call.controller.abort(stopping(name));
				told.push(call.told());
			}
		}
		await Promise.all(told);
		for (const listening of this.#listening.values()) void listening.then((stop) => stop());
	}

	/** Whether anybody still waits for it. */
	async #probe(name: string, call: ServedCall): Promise<void> {
		const known: ToCaller = { kind: 'known', by: this.#options.line.self, unknown: [] };
		const heardBy = await this.#tell(name, call.from, JSON.stringify(known)).catch(() => 1);
		call.unheard = heardBy === 0 ? call.unheard + 1 : 0;
		if (call.unheard >= MAX_UNHEARD) this.#end(name, call);
	}

	#hear(name: string, text: string): void {
		const said = readToService(text);
		if (said === undefined || this.#stopped) return;
		switch (said.kind) {
			case 'call':
				return this.#take(name, said);
			case 'over': {
				// It may come before its call, which is not begun then.
				this.#taken.isNew(said.id);
				const call = this.#open.get(name)?.get(said.id);
				if (call !== undefined) this.#end(name, call);
				return;
			}
			case 'held':
				return this.#compare(name, said);
		}
	}

	#take(name: string, { id, from, method, body, timeoutMs }: Extract<ToService, { kind: 'call' }>): void {
		if (!this.#taken.isNew(id)) return;
		const call: ServedCall = new ServedCall({
			...{ id, from },
			tell: (text) => this.#tell(name, from, text),
			overrun: () => {
				call.say(JSON.stringify({ error: sentError(untaken(name)) }), { last: true });
				call.controller.abort(untaken(name));
			},
		});
		const say = (word: object, last: boolean) => call.say(JSON.stringify(word), { last });
		try {
			const options = { timeoutMs, signal: call.controller.signal, onPiece: (piece: unknown) => say({ piece }, false) };
			this.#options.calls.begin(name, { id, method, body }, options).then(
				(answer) => say({ answer }, true),
				(error: unknown) => say({ error: sentError(error) }, true),
			);
		} catch (error) {
			if (isCoreError(error, 'service-down')) {
				const away: ToCaller = { kind: 'away', id };
				void this.#tell(name, from, JSON.stringify(away)).catch(() => undefined);
				return;
			}
			say({ error: sentError(error) }, true);
		}
		const calls = this.#open.get(name);
		if (calls === undefined) this.#open.set(name, new Map([[id, call]]));
		else calls.set(id, call);
	}

	/** What a caller holds is confirmed so far; what it holds no more is over, because it has all or wants no more. */
	#compare(name: string, { from, calls }: Extract<ToService, { kind: 'held' }>): void {
		const held = new Map(calls);
		const open = this.#open.get(name);
		for (const call of open?.values() ?? []) {
			if (call.from !== from) continue;
			const have = held.get(call.id);
			if (have === undefined) this.#end(name, call);
			else call.confirm(have);
		}
		const unknown = [...held.keys()].filter((id) => open?.has(id) !== true);
		const known: ToCaller = { kind: 'known', by: this.#options.line.self, unknown };
		void this.#tell(name, from, JSON.stringify(known)).catch(() => undefined);
	}

	#end(name: string, call: ServedCall): void {
		this.#open.get(name)?.delete(call.id);
		call.controller.abort();
	}

	#tell(name: string, to: string, text: string): Promise<number> {
		const { commands, keys } = this.#options.line;
		return commands.publish(keys.serviceAnswersChannel(name, to), text);
	}
}

function stopping(name: string): CoreError {
	return new CoreError('service-down', `The process that offered the service "${name}" stops.`, {
		hint: 'Try it again: another process may offer it.',
	});
}

function untaken(name: string): CoreError {
	return new CoreError('too-large', `The service "${name}" said more than its caller took in time.`, {
		hint: 'Look whether the process that called it is busy.',
	});
}

const REMEMBERED = 5_000;
/** A caller says every second what it holds; it may be on its way back to Redis after an outage. */
const CALLER_LATE_MS = 1_500;
const MAX_UNHEARD = 3;
const CALLER_GONE_MS = 10_000;
