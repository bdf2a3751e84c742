import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { CoreError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { RunLost } from '../../../ports/run-lost.ts';
import type { RedisLine } from '../open-redis-line.ts';
import { RedisScript } from '../redis-script.ts';
import { type ProgramCall, type ProgramWord, readWord } from './program-messages.ts';

/** ProgramRun is one run that a program is asked for. */
export interface ProgramRun {
	readonly capability: string;
	readonly input: Json;
	readonly task: string;
	/** What the person said to what an earlier run asked. */
	readonly answers: readonly { readonly question: string; readonly answer: Json }[];
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
	readonly onProgress: (word: Extract<ProgramWord, { kind: 'progress' }>) => void;
}

/** ProgramEnd is how a run ended that did not fail. */
export type ProgramEnd = Extract<ProgramWord, { kind: 'done' | 'asked' }>;

interface Open {
	readonly program: string;
	readonly run: ProgramRun;
	readonly end: (how: { done: ProgramEnd } | { error: unknown }) => void;
}

/** ProgramCalls has programs of others carry out runs: calls and answers go over lists, which keep them in order while a line is cut. */
export class ProgramCalls {
	readonly #line: RedisLine;
	readonly #open = new Map<string, Open>();
	#listening: Redis | undefined;
	#stopped = false;

	constructor(line: RedisLine) {
		this.#line = line;
	}

	/** How many runs an instance has under way from here. */
	openWith(program: string): number {
		return [...this.#open.values()].filter((one) => one.program === program).length;
	}

	/** Resolves with what the program gave, or asks the person. Rejects with what it said went wrong, RunLost where it died, or once the signal fires. */
	async call(program: string, run: ProgramRun): Promise<ProgramEnd> {
		run.signal.throwIfAborted();
		const { commands, keys, self } = this.#line;
		const { capability, input, task, timeoutMs, signal, answers } = run;
		const id = randomUUID();
		const answerTo = keys.programAnswers(self);
		const told = answers.length === 0 ? {} : { answers: [...answers] };
		const call: ProgramCall = { kind: 'call', id, answerTo, capability, input, timeoutMs, task, ...told };
		const text = JSON.stringify(call);
		if (text.length > MAX_CALL) throw tooLarge(`The input of ${capability}`, 'Give it less at once.');
		this.#listen();
		const ended = Promise.withResolvers<ProgramEnd>();
		const cancel = () => {
			const word: ProgramCall = { kind: 'cancel', id };
			commands.rpush(keys.program(program, 'calls'), JSON.stringify(word)).catch(() => {});
			end({ error: signal.reason });
		};
		const end: Open['end'] = (how) => {
			if (!this.#open.delete(id)) return;
			signal.removeEventListener('abort', cancel);
			if ('done' in how) ended.resolve(how.done);
			else ended.reject(how.error);
		};
		this.#open.set(id, { program, run, end });
		signal.addEventListener('abort', cancel, { once: true });
		try {
			const given = [keys.program(program, 'calls'), keys.programGiven(program, id)];
			await GIVE.run(commands, given, [text, CALLS_KEPT_MS, GIVEN_KEPT_MS]);
		} catch (error) {
			end({ error });
		}
		return await ended.promise;
	}

	/** Its runs are lost; whoever comes next begins them anew. */
	gone(program: string): void {
		for (const { program: with_, end, run } of [...this.#open.values()]) {
			if (with_ === program) end({ error: new RunLost(run.capability, `The program ${program} is gone.`) });
		}
	}

	stop(): void {
		this.#stopped = true;
		for (const program of new Set([...this.#open.values()].map((one) => one.program))) this.gone(program);
		this.#listening?.disconnect();
		if (this.#listening !== undefined)
			this.#line.commands.del(this.#line.keys.programAnswers(this.#line.self)).catch(() => {});
	}

	/** The connection is made with the first call. */
	#listen(): void {
		if (this.#listening !== undefined || this.#stopped) return;
		this.#listening = this.#line.connect('programs', { maxRetriesPerRequest: 0, socketTimeout: SILENT_MS });
		void this.#hearAll(this.#listening);
	}

	/** A word is taken off only once it was heard: one that was taken, and lost with its line, would never come. */
	async #hearAll(redis: Redis): Promise<void> {
		const list = this.#line.keys.programAnswers(this.#line.self);
		while (!this.#stopped) {
			try {
				// To where it stands: it is read, and waited for.
				const text = await redis.blmove(list, list, 'LEFT', 'LEFT', WAIT_S);
				if (text === null) continue;
				try {
					this.#hear(text);
				} finally {
					// Also one that cannot be heard: it would keep back all that come after it.
					await redis.lrem(list, 1, text);
				}
			} catch {
				if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
			}
		}
	}

	#hear(text: string): void {
		const word = readWord(text);
		const open = word && this.#open.get(word.id);
		if (word === undefined || open === undefined) return;
		switch (word.kind) {
			case 'progress':
				return open.run.onProgress(word);
			case 'asked':
			case 'done':
				if (text.length > MAX_ANSWER) {
					return open.end({ error: tooLarge(`The output of ${open.run.capability}`, 'Have it give less, or files.') });
				}
				return open.end({ done: word });
			case 'failed':
				return open.end({ error: errorOf(word) });
			case 'bad':
				return open.end({ error: notUnderstood(word.problem) });
		}
	}
}

function errorOf({
	message,
	hint,
	retryable,
	retryAfterMs,
	unknownOutcome,
}: Extract<ProgramWord, { kind: 'failed' }>): Error {
	const words = { hint: hint ?? 'Look at what the program that carried it out says.' };
	if (unknownOutcome === true) return new CoreError('unknown-outcome', message, words);
	// What is no CoreError is tried again.
	if (retryable === true) return Object.assign(new Error(message), retryAfterMs === undefined ? {} : { retryAfterMs });
	return new CoreError('tool-failed', message, words);
}

function notUnderstood(problem: string): CoreError {
	return new CoreError('tool-failed', problem, {
		hint: 'docs/wire/program-word.schema.json says what a program may say.',
	});
}

function tooLarge(what: string, hint: string): CoreError {
	return new CoreError('too-large', `${what} is too large to be handed over.`, { hint });
}

const MAX_CALL = 1_000_000;
const MAX_ANSWER = 12_000_000;
/** Sent again because the answer of Redis was lost, a call is there once, also where the program has taken it already. */
const GIVE = new RedisScript(`
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then redis.call('RPUSH', KEYS[1], ARGV[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

const CALLS_KEPT_MS = 3_600_000;
/** Longer than a command is tried for. */
const GIVEN_KEPT_MS = 60_000;
const WAIT_S = 5;
/** Half of a broken connection may look whole for minutes. */
const SILENT_MS = 7_000;
const RETRY_MS = 200;
