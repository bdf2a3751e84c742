import type { Artifact, Message, Part, StreamResponse, Task } from '@a2a-js/sdk';
import { isJsonObject } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';

/** RemoteTask is a task of an agent elsewhere, as far as it is known. */
export interface RemoteTask {
	readonly id: string;
	readonly contextId: string;
	readonly state: number;
	/** What it last said of itself. */
	readonly said?: Message | undefined;
	readonly artifacts: readonly Artifact[];
}

const MAX_ARTIFACTS = 50;
/** The numbers of task states in A2A 1.0. */
const COMPLETED = 3;
const FAILED = 4;
const CANCELED = 5;
const INPUT = 6;
const REJECTED = 7;
const AUTH = 8;
const NAMES = ['unknown', 'submitted', 'working', 'completed', 'failed', 'canceled', 'input-required', 'rejected'];

export const isFailed = ({ state }: RemoteTask) => state === FAILED || state === CANCELED || state === REJECTED;
export const isAsking = ({ state }: RemoteTask) => state === INPUT || state === AUTH;
/** Nothing changes before somebody does something, or never again. */
export const isSettled = (task: RemoteTask) => task.state === COMPLETED || isFailed(task) || isAsking(task);
export const stateName = ({ state }: RemoteTask) => NAMES[state] ?? (state === AUTH ? 'auth-required' : 'unknown');

/** taskFrom takes in a whole task. */
export function taskFrom({ id, contextId, status, artifacts }: Task): RemoteTask {
	return {
		id,
		contextId,
		state: status?.state ?? 0,
		said: status?.message,
		artifacts: artifacts.slice(0, MAX_ARTIFACTS),
	};
}

/** withEvent takes in one event of a stream; a message without a task is an answer that needed none. */
export function withEvent(known: RemoteTask | undefined, { payload }: StreamResponse): RemoteTask | undefined {
	switch (payload?.$case) {
		case 'task':
			return taskFrom(payload.value);
		case 'message': {
			const { taskId: id, contextId } = payload.value;
			return { id, contextId, state: COMPLETED, said: payload.value, artifacts: [] };
		}
		case 'statusUpdate': {
			const { taskId: id, contextId, status } = payload.value;
			const artifacts = known?.artifacts ?? [];
			return { id, contextId, state: status?.state ?? 0, said: status?.message ?? known?.said, artifacts };
		}
		case 'artifactUpdate':
			return known && withArtifact(known, payload.value.artifact, payload.value.append);
		default:
			return known;
	}
}

function withArtifact(known: RemoteTask, artifact: Artifact | undefined, append: boolean): RemoteTask {
	if (artifact === undefined) return known;
	const before = known.artifacts.find(({ artifactId }) => artifactId === artifact.artifactId);
	const whole = append && before !== undefined ? { ...before, parts: [...before.parts, ...artifact.parts] } : artifact;
	const others = known.artifacts.filter((one) => one !== before);
	return { ...known, artifacts: [...others, whole].slice(0, MAX_ARTIFACTS) };
}

/** wordsIn joins the words of parts. */
export function wordsIn(parts: readonly Part[]): string {
	return parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('\n\n');
}

/** questionOf is what an agent asks, in its own words; one that tells the kind of answer is taken at its word. */
export function questionOf(agent: string, { said, state }: RemoteTask): QuestionDraft {
	const words = wordsIn(said?.parts ?? []).slice(0, 1_500) || 'It needs an answer, and does not say to what.';
	const asked: unknown = said?.metadata?.['questions'];
	const first: unknown = Array.isArray(asked) ? asked[0] : undefined;
	const told = isJsonObject(first as never) ? (first as Record<string, unknown>) : {};
	const text = `The agent "${agent}" asks: ${typeof told['text'] === 'string' ? told['text'].slice(0, 1_500) : words}`;
	const choices = told['choices'];
	if (told['kind'] === 'choice' && Array.isArray(choices) && choices.length >= 2 && choices.length <= 25) {
		return { kind: 'choice', text, choices: choices.map((choice) => String(choice).slice(0, 200)) };
	}
	if (told['kind'] === 'approval') return { kind: 'approval', text };
	return { kind: state === AUTH ? 'secret' : 'text', text };
}
