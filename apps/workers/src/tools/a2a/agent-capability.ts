import { hash } from 'node:crypto';
import type { Part } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { ArtifactRefSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { RemoteAgentConfig } from './agent-config.ts';
import type { GuardedClient } from './guarded-client.ts';
import { dataPart, RemoteConversation, textPart } from './remote-conversation.ts';
import { isAsking, isFailed, questionOf, type RemoteTask, stateName, wordsIn } from './remote-task.ts';

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

/** Begun is a task elsewhere that a step began, so that it can be called off with the step's task. */
export interface Begun {
	readonly task: TaskId;
	readonly agent: string;
	readonly client: Client;
	readonly remote: string;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 20;

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
			const task = await conversation.drive({ key, parts: await partsOf(input, context), contextId: input.contextId });
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

async function partsOf({ text, data, files = [] }: z.infer<typeof Input>, context: RunContext): Promise<Part[]> {
	const parts = [textPart(text)];
	if (data !== undefined) parts.push(dataPart(data));
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
