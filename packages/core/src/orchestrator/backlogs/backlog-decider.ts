import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import { decideBacklog } from '../../domain/backlog/decide-backlog.ts';
import { BACKLOG_EVOLVE_VERSION, evolveBacklog } from '../../domain/backlog/evolve-backlog.ts';
import type { RecordedBacklogFact } from '../../domain/backlog/facts.ts';
import { pendingBacklogWork } from '../../domain/backlog/pending-backlog-work.ts';
import type { Backlog, Tag } from '../../domain/backlog/state.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** backlogDecider fits the core of backlogs to the command handler. */
export const backlogDecider: Decider<Backlog, BacklogCommand, RecordedBacklogFact> = {
	version: BACKLOG_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideBacklog(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedBacklogFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveBacklog(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveBacklog,
	index: (backlog, now) => ({
		person: backlog.person,
		dueAt: dueAt(pendingBacklogWork(backlog, now)),
		summary: { ...summaryOf(backlog), open: openTasks(backlog) },
	}),
};

/** A summary as rows of the index hold it; `projectRoot` may be missing. */
function summaryOf(backlog: Backlog) {
	const { id, name, root, currentTag } = backlog;
	let items = 0;
	let done = 0;
	for (const tag of backlog.tags) {
		const count = countOf(tag);
		items += count.items;
		done += count.done;
	}
	return { id, name, ...(root === undefined ? {} : { projectRoot: root }), currentTag, items, done };
}

/** Tasks whose end it waits for, so that they are found from the task's side. */
function openTasks({ operations, runs }: Backlog): string {
	const open = [
		...operations.filter(({ status }) => status === 'in_progress'),
		...runs.filter(({ status }) => status === 'running'),
	];
	return open.map(({ taskId }) => taskId).join(' ');
}

/** Tags that did not change are the same objects, and need no counting. */
const counted = new WeakMap<Tag, { readonly items: number; readonly done: number }>();

function countOf(tag: Tag): { readonly items: number; readonly done: number } {
	const known = counted.get(tag);
	if (known !== undefined) return known;
	let items = 0;
	let done = 0;
	for (const chunk of tag.items) {
		items += chunk.length;
		for (const item of chunk) if (item.status === 'done') done++;
	}
	const count = { items, done };
	counted.set(tag, count);
	return count;
}
