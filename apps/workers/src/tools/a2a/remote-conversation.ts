import { setTimeout as wait } from 'node:timers/promises';
import type { Part } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { asFailure } from './guarded-client.ts';
import { isAsking, isSettled, type RemoteTask, taskFrom, withEvent, wordsIn } from './remote-task.ts';

type Events = ReturnType<Client['sendMessageStream']>;
type Context = Pick<RunContext, 'answers' | 'signal' | 'progress'>;

/** Opening is what a conversation begins with; with the same `key` it is begun once. */
export interface Opening {
	readonly key: string;
	readonly parts: Part[];
	/** What an earlier one gave, to go on from there. */
	readonly contextId?: string | undefined;
	readonly taskId?: string | undefined;
}

const RECONNECT_MS = [100, 500, 1_000, 2_000, 5_000];
const MAX_DROPS = 50;

/** RemoteConversation drives one task of an agent elsewhere, through drops of the line. */
export class RemoteConversation {
	readonly #client: Client;
	readonly #context: Context;
	readonly #began: (remote: string) => void;

	constructor(client: Client, context: Context, began: (remote: string) => void) {
		this.#client = client;
		this.#context = context;
		this.#began = began;
	}

	/** Begins the task, or finds it again, hands it the latest answer, and stays until it is over or asks something. */
	async drive({ key, parts, contextId = '', taskId = '' }: Opening): Promise<RemoteTask> {
		const { answers } = this.#context;
		const begin = () => this.#send({ messageId: key, taskId, contextId, parts });
		const answer = answers.at(-1)?.answer;
		if (answer === undefined) return this.#follow(begin);
		const known = await this.#first(begin);
		if (!isAsking(known)) return this.#follow(() => this.#listen(known.id), known);
		const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
		const said = { messageId: `${key}-${answers.length}`, taskId: known.id, contextId: known.contextId };
		return this.#follow(() => this.#send({ ...said, parts: [textPart(text)] }));
	}

	#send(message: { messageId: string; taskId: string; contextId: string; parts: Part[] }): Events {
		const whole = { ...message, role: 1, metadata: undefined, extensions: [], referenceTaskIds: [] };
		const params = { tenant: '', message: whole, configuration: undefined, metadata: undefined };
		return this.#client.sendMessageStream(params, { signal: this.#context.signal });
	}

	#listen(id: string): Events {
		return this.#client.resubscribeTask({ tenant: '', id }, { signal: this.#context.signal });
	}

	/** How the task stands, by the first that is said of it. */
	async #first(open: () => Events): Promise<RemoteTask> {
		try {
			for await (const event of open()) {
				const known = withEvent(undefined, event);
				if (known !== undefined) return known;
			}
		} catch (error) {
			this.#context.signal.throwIfAborted();
			throw asFailure(error, 'The agent could not be talked to');
		}
		throw asFailure(new Error('It said nothing.'), 'The agent could not be talked to');
	}

	/** Listens until the task is over or asks something; where the line drops, what happened meanwhile stands with the task. */
	async #follow(open: () => Events, from?: RemoteTask): Promise<RemoteTask> {
		const { signal } = this.#context;
		let known = from;
		if (known !== undefined && isSettled(known)) return this.#whole(known);
		let events = open;
		for (let drops = 0; ; drops++) {
			try {
				for await (const event of events()) {
					known = withEvent(known, event);
					if (known === undefined) continue;
					if (known.id !== '') this.#began(known.id);
					if (isSettled(known)) return await this.#whole(known);
					this.#tellProgress(known);
				}
			} catch (error) {
				signal.throwIfAborted();
				if (known === undefined || drops >= MAX_DROPS) throw asFailure(error, 'The agent could not be talked to');
			}
			if (known === undefined) throw asFailure(new Error('It said nothing.'), 'The agent could not be talked to');
			known = await this.#standing(known);
			if (isSettled(known)) return known;
			const { id } = known;
			events = () => this.#listen(id);
			await wait(RECONNECT_MS[Math.min(drops, RECONNECT_MS.length - 1)], undefined, { signal });
		}
	}

	/** The last event may have come before the files did. */
	async #whole(known: RemoteTask): Promise<RemoteTask> {
		if (known.id === '' || isAsking(known) || known.artifacts.length > 0) return known;
		return this.#standing(known);
	}

	async #standing(known: RemoteTask): Promise<RemoteTask> {
		try {
			const { signal } = this.#context;
			return taskFrom(await this.#client.getTask({ tenant: '', id: known.id, historyLength: 0 }, { signal }));
		} catch {
			this.#context.signal.throwIfAborted();
			return known;
		}
	}

	#tellProgress({ said }: RemoteTask): void {
		const text = wordsIn(said?.parts ?? []).slice(0, 300);
		if (text !== '') this.#context.progress({ text });
	}
}

/** textPart is words as a part of a message. */
export function textPart(value: string): Part {
	return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}

/** dataPart is a value as a part of a message. */
export function dataPart(value: unknown): Part {
	return { content: { $case: 'data', value }, metadata: undefined, filename: '', mediaType: 'application/json' };
}
