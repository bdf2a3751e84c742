import type { Artifact, Message, Part, Task, TaskStatus } from '@a2a-js/sdk';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { questionHelp } from '@errand/core/domain/conversation/read-answer.ts';
import type { Exchange } from '@errand/core/domain/exchange/exchange.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';

/** STATES are the numbers of task states in A2A 1.0, which its JSON names in words. */
export const STATES = {
	submitted: 1,
	working: 2,
	completed: 3,
	failed: 4,
	canceled: 5,
	'input-required': 6,
	rejected: 7,
	'auth-required': 8,
} as const;
export type StateName = keyof typeof STATES;
const ROLES = { user: 1, agent: 2 } as const;

/** stateOf is how a task stands in the words of A2A. */
export function stateOf(view: TaskView): StateName {
	switch (view.status) {
		case 'planning':
			return 'submitted';
		case 'running':
			return 'working';
		case 'waiting':
			if (view.questions.length === 0) return 'working';
			return view.questions.some(({ kind }) => kind === 'secret') ? 'auth-required' : 'input-required';
		case 'done':
			return 'completed';
		case 'cancelled':
			return 'canceled';
		case 'failed':
			// Nothing was ever begun.
			return view.plan.version === 0 ? 'rejected' : 'failed';
	}
}

/** isOver tells whether a state is the last one; isInterrupted, whether the client must do something first. */
export const isOver = (state: StateName) => ['completed', 'failed', 'canceled', 'rejected'].includes(state);
export const isInterrupted = (state: StateName) => state === 'input-required' || state === 'auth-required';

/** Place is which task of which context something belongs to. */
export interface Place {
	readonly id: string;
	readonly contextId: string;
}

/** contextOf is the context of a task; one that was begun elsewhere is a context of its own. */
export function contextOf(task: string, exchange: Exchange | undefined): string {
	return exchange?.context ?? `task-${task}`;
}

/** shownStatus says how a task stands, what it asks or why it failed. */
export function shownStatus(view: TaskView, place: Place, at: number): TaskStatus {
	const said = wordsOf(view);
	const message =
		said === undefined ? undefined : agentMessage(place, `${place.id}-${view.seq}`, said.text, said.metadata);
	return { state: STATES[stateOf(view)], message, timestamp: new Date(at).toISOString() };
}

/** progressStatus says what goes on. */
export function progressStatus(place: Place, text: string, at: number): TaskStatus {
	const message = agentMessage(place, `${place.id}-progress-${at}`, text);
	return { state: STATES.working, message, timestamp: new Date(at).toISOString() };
}

/** shownTask shows a task with what was said to it. */
export function shownTask(
	view: TaskView,
	{
		exchange,
		artifacts,
		historyLength,
		at,
	}: { exchange: Exchange | undefined; artifacts: Artifact[]; historyLength?: number | undefined; at: number },
): Task {
	const place = { id: view.id, contextId: contextOf(view.id, exchange) };
	const said = exchange?.messages ?? [];
	const kept = historyLength === undefined ? said : historyLength <= 0 ? [] : said.slice(-historyLength);
	return {
		...place,
		status: shownStatus(view, place, view.endedAt ?? exchange?.at ?? at),
		artifacts,
		history: kept.map(({ id, text }) => ({
			...{ messageId: id, contextId: place.contextId, taskId: place.id, role: ROLES.user },
			...{ parts: [textPart(text)], metadata: undefined, extensions: [], referenceTaskIds: [] },
		})),
		metadata: { goal: view.goal, createdAt: view.createdAt, plan: view.plan.by },
	};
}

/** resultArtifact is the answer of a task: its words, and its value where it gave one. */
export function resultArtifact(view: TaskView): Artifact | undefined {
	const { result } = view;
	if (result === undefined) return undefined;
	const { output } = result as typeof result & { readonly output?: Json };
	const parts = [textPart(result.text, 'text/markdown')];
	if (output !== undefined) parts.push(dataPart(output));
	const { sources, warnings, method } = result;
	return {
		...{ artifactId: 'result', name: 'Result', description: '', parts, extensions: [] },
		metadata: { sources, warnings, method },
	};
}

/** fileArtifact is a file of a task: its bytes where they were read, else where they are. */
export function fileArtifact(ref: ArtifactRef, content: Uint8Array | { readonly url: string }): Artifact {
	const part: Part = {
		content:
			content instanceof Uint8Array
				? { $case: 'raw', value: Buffer.from(content) }
				: { $case: 'url', value: content.url },
		...{ filename: ref.name, mediaType: ref.type, metadata: { bytes: ref.bytes } },
	};
	const { id: artifactId, name } = ref;
	return { ...{ artifactId, name, description: '', parts: [part], extensions: [] }, metadata: undefined };
}

function wordsOf(view: TaskView): { text: string; metadata?: Record<string, unknown> } | undefined {
	const state = stateOf(view);
	if (isInterrupted(state)) {
		const [first] = view.questions;
		const questions = view.questions.map(({ id, kind, text, choices }) => ({ id, kind, text, choices }));
		return { text: first === undefined ? '' : questionHelp(first), metadata: { questions } };
	}
	if (view.error !== undefined) {
		const { code, message, hint } = view.error;
		return { text: `${message} ${hint}`.trim(), metadata: { code } };
	}
	const running = view.plan.steps.filter(({ status }) => status === 'running').map(({ title }) => title);
	return state === 'working' && running.length > 0 ? { text: running.slice(0, 5).join(', ') } : undefined;
}

function agentMessage(place: Place, messageId: string, text: string, metadata?: Record<string, unknown>): Message {
	return {
		...{ messageId, contextId: place.contextId, taskId: place.id, role: ROLES.agent },
		...{ parts: [textPart(text)], metadata, extensions: [], referenceTaskIds: [] },
	};
}

function textPart(value: string, mediaType = 'text/plain'): Part {
	return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType };
}

function dataPart(value: Json): Part {
	return { content: { $case: 'data', value }, metadata: undefined, filename: '', mediaType: 'application/json' };
}
