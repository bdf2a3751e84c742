import type { TaskId } from '../ids.ts';
import { isLate, isOut, isWorn, nextMessages } from './next-messages.ts';
import { AGENT_LIMITS, type Agent, type AgentState, expectationOf, type WaitingMessage } from './state.ts';

/** AgentWork is what the world still owes a mailbox; `key` is the same each time for the same work. */
export type AgentWork =
	| { readonly key: string; readonly kind: 'carry'; readonly message: WaitingMessage }
	| { readonly key: string; readonly kind: 'follow'; readonly message: WaitingMessage; readonly task: TaskId }
	| { readonly key: string; readonly kind: 'answer'; readonly message: WaitingMessage; readonly task: TaskId }
	| { readonly key: string; readonly kind: 'sweep' }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** pendingAgentWork reads off what a mailbox is owed now: messages to carry, tasks to hear of, answers that tasks wait for, and what time makes due. */
export function pendingAgentWork(state: AgentState, now: number): AgentWork[] {
	if (state === undefined || state.status === 'gone') return [];
	const work: AgentWork[] = [
		...carried(state, now),
		...state.running.map((message): AgentWork => {
			const { seq, task } = message;
			return { key: `follow/${seq}/${task}`, kind: 'follow', message, task };
		}),
		...answers(state, now),
	];
	const { due, next } = clockOf(state, now);
	if (due) work.push({ key: `sweep/${state.seq}`, kind: 'sweep' });
	if (next !== undefined) work.push({ key: `wait/${next}`, kind: 'wait', until: next });
	return work;
}

/** toSweep are the messages that time has made dead letters, by why. */
export function toSweep({ waiting }: Agent, now: number): { expired: WaitingMessage[]; worn: WaitingMessage[] } {
	const expired = waiting.filter((message) => isLate(message, now));
	const worn = waiting.filter((message) => !isLate(message, now) && isWorn(message) && !isOut(message, now));
	return { expired, worn };
}

function carried(state: Agent, now: number): AgentWork[] {
	if (state.reach.kind === 'pull') return [];
	const room = state.reach.kind === 'workflow' ? AGENT_LIMITS.running - state.running.length : Number.POSITIVE_INFINITY;
	const max = Math.min(AGENT_LIMITS.carried, room);
	if (max <= 0) return [];
	return nextMessages(state, now, { max, each: 1 }).map((message) => ({
		key: `carry/${message.seq}/${message.deliveries}`,
		kind: 'carry',
		message,
	}));
}

function answers(state: Agent, now: number): AgentWork[] {
	if (!state.expected.some(({ task }) => task !== undefined)) return [];
	return state.waiting.flatMap((message): AgentWork[] => {
		const task = expectationOf(state, message, now)?.task;
		return task === undefined ? [] : [{ key: `answer/${message.seq}`, kind: 'answer', message, task }];
	});
}

/** Whether something is to be swept now, and when time changes something next. */
function clockOf({ waiting, reach }: Agent, now: number): { due: boolean; next: number | undefined } {
	let due = false;
	let next = Number.POSITIVE_INFINITY;
	for (const message of waiting) {
		const { expiresAt, leasedUntil, dueAt } = message;
		const out = isOut(message, now);
		if (expiresAt !== undefined) {
			if (expiresAt > now) next = Math.min(next, expiresAt);
			else if (out) next = Math.min(next, leasedUntil ?? next);
			else due = true;
		}
		if (isWorn(message)) {
			if (out) next = Math.min(next, leasedUntil ?? next);
			else due = true;
		}
		// Who fetches looks for themselves.
		if (reach.kind !== 'pull' && dueAt !== undefined && dueAt > now) next = Math.min(next, dueAt);
	}
	return { due, next: next === Number.POSITIVE_INFINITY ? undefined : next };
}
