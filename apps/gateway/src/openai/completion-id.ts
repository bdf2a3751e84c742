import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';

const PREFIXES = { chat: 'chatcmpl-', response: 'resp_' } as const;

/** completionId names an answer by its task; one that goes on after a question has the fact it goes on from behind it. */
export function completionId(api: keyof typeof PREFIXES, task: TaskId, from: number): string {
	return `${PREFIXES[api]}${task}${from === 0 ? '' : `-${from}`}`;
}

/** taskOfCompletion is the task an id of an answer names; undefined for an id that is none of ours. */
export function taskOfCompletion(api: keyof typeof PREFIXES, id: string): TaskId | undefined {
	const name = id.startsWith(PREFIXES[api]) ? id.slice(PREFIXES[api].length) : '';
	const found = /^(\w{1,64})(?:-\d{1,9})?$/.exec(name)?.[1];
	return found === undefined ? undefined : asTaskId(found);
}
