import { hash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Part } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { ArtifactRefSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { RemoteAgentConfig } from './agent-config.ts';
import { asFailure, type GuardedClient } from './guarded-client.ts';
import {
	isAsking,
	isFailed,
	isSettled,
	questionOf,
	type RemoteTask,
	stateName,
	taskFrom,
	withEvent,
	wordsIn,
} from './remote-task.ts';

const Input = z.strictObject({
	text: z.string().trim().min(1).max(100_000).describe('What the agent is to do, in words.'),
	data: z.json().optional().describe('A value for it besides.'),
	files: z.array(z.string().min(1).max(200)).max(10).optional().describe('Ids of artifacts to send along.'),
	contextId: z.string().max(200).optional().describe('What an earlier answer gave, to go on from there.'),
});
const Output = z.object({
	text: z.string(),
	data: z.array(z.json()),
	artifacts: z.array(ArtifactRefSchema),
	links: z.array(z.object({ name: z.string(), url: z.string() })),
	taskId: z.string(),
	contextId: z.string(),
	state: z.string(),
});

type Events = ReturnType<Client['sendMessageStream']>;

/** Begun is a task elsewhere that a step began, so that it can be called off with the step's task. */
export interface Begun {
	readonly task: TaskId;
	readonly agent: string;
	readonly client: Client;
	readonly remote: string;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 20;
const RECONNECT_MS = [100, 500, 1_000, 2_000, 5_000];
const MAX_DROPS = 50;

/** agentCapability has an agent elsewhere do something; what it asks goes to the person, and what it says is data. */
export function agentCapability(
	agent: RemoteAgentConfig,
	{
		client,
		summary,
		began,
	}: { client: GuardedClient; summary: string; began: (key: string, begun: Begun | undefined) => void },
): ICapability<z.infer<typeof Input>, z.infer<typeof Output>> {
	return {
		name: `agent.${agent.name}`,
		version: 1,
		summary,
		input: Input,
		output: Output,
		effects: agent.effects,
		pure: false,
		placement: 'inline',
		lasting: true,
		// So that what it left open elsewhere is called off with the task.
		sessions: ['connection'],
		concurrency: 50,
		timeoutMs: agent.timeoutMs,
		retry: { maxAttempts: 3, waitsMs: [1_000, 10_000] },
		async run(input, context) {
			context.taint(`agent:${agent.name}`);
			const connected = await client.connect();
			const key = keyOf(agent.name, input, context);
			const conversation = new RemoteConversation(connected.client, context, (remote) =>
				began(key, { task: context.taskId, agent: agent.name, client: connected.client, remote }),
			);
			const task = await conversation.drive(key, await partsOf(input, context), input.contextId ?? '');
			if (isAsking(task)) return context.ask([questionOf(agent.name, task)]);
			began(key, undefined);
			if (isFailed(task)) throw refusal(agent.name, task);
			return outputOf(task, context);
		},
	};
}

/** The same for every run of a step, so that its task elsewhere is begun once. */
function keyOf(agent: string, input: unknown, { taskId, key }: RunContext): string {
	return hash('sha256', JSON.stringify([agent, taskId, key ?? input]), 'base64url').slice(0, 32);
}

/** RemoteConversation drives one task of an agent elsewhere, through drops of the line. */
class RemoteConversation {
	readonly #client: Client;
	readonly #context: RunContext;
	readonly #began: (remote: string) => void;

	constructor(client: Client, context: RunContext, began: (remote: string) => void) {
		this.#client = client;
		this.#context = context;
		this.#began = began;
	}

	/** Begins the task, or finds it again, hands it the latest answer, and stays until it is over or asks something. */
	async drive(key: string, parts: Part[], contextId: string): Promise<RemoteTask> {
		const { answers } = this.#context;
		const begin = () => this.#send({ messageId: key, taskId: '', contextId, parts });
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

async function partsOf({ text, data, files = [] }: z.infer<typeof Input>, context: RunContext): Promise<Part[]> {
	const parts = [textPart(text)];
	if (data !== undefined) {
		parts.push({
			content: { $case: 'data', value: data },
			metadata: undefined,
			filename: '',
			mediaType: 'application/json',
		});
	}
	for (const id of files) {
		const { ref, content } = await context.readArtifact(id);
		if (content.length > MAX_FILE_BYTES) throw tooBig(ref.name, content.length);
		const raw = { $case: 'raw', value: Buffer.from(content) } as const;
		parts.push({ content: raw, metadata: undefined, filename: ref.name, mediaType: ref.type });
	}
	return parts;
}

async function outputOf(task: RemoteTask, context: RunContext): Promise<z.infer<typeof Output>> {
	const said = task.artifacts.length > 0 ? [] : (task.said?.parts ?? []);
	const texts: string[] = [];
	const data: z.core.util.JSONType[] = [];
	const artifacts: ArtifactRef[] = [];
	const links: { name: string; url: string }[] = [];
	for (const part of [...said, ...task.artifacts.flatMap(({ parts }) => parts)]) {
		const { content, filename, mediaType } = part;
		if (content?.$case === 'text') texts.push(content.value);
		else if (content?.$case === 'data') data.push(content.value as z.core.util.JSONType);
		else if (content?.$case === 'url') links.push({ name: filename, url: content.value });
		else if (content?.$case === 'raw' && artifacts.length < MAX_FILES && content.value.length <= MAX_FILE_BYTES) {
			const name = filename === '' ? `file-${artifacts.length + 1}` : filename;
			const type = mediaType === '' ? 'application/octet-stream' : mediaType;
			artifacts.push(await context.saveArtifact({ name, type, content: content.value }));
		}
	}
	const { id: taskId, contextId } = task;
	return { text: texts.join('\n\n'), data, artifacts, links, taskId, contextId, state: stateName(task) };
}

function refusal(agent: string, task: RemoteTask): CoreError {
	const said = wordsIn(task.said?.parts ?? []).slice(0, 500);
	return new CoreError(
		'tool-failed',
		`The task of the agent "${agent}" is ${stateName(task)}${said === '' ? '.' : `: ${said}`}`,
		{
			hint: 'Ask it otherwise, or another agent.',
		},
	);
}

function tooBig(name: string, bytes: number): CoreError {
	return new CoreError('too-large', `"${name}" has ${bytes} bytes; at most ${MAX_FILE_BYTES} are sent to an agent.`, {
		hint: 'Send a smaller file, or an address in words.',
	});
}

function textPart(value: string): Part {
	return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}
