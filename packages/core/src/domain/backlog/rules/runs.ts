import { CoreError } from '../../errors.ts';
import type { BacklogCommandOf } from '../commands.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import { pathOf, pathText } from '../item-path.ts';
import { BACKLOG_LIMITS, type Backlog, type Run, tagNamed } from '../state.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownAt, knownTag } from './call.ts';
import { endsAnew } from './operations.ts';
import { setStatusAt } from './set-status.ts';
import { appendNote } from './update-items.ts';

/** beginRun puts an item in progress, because Errand carries it out from now on. */
export function beginRun(state: Backlog, command: BacklogCommandOf<'BeginRun'>): BacklogFact[] {
	const { taskId, by } = command;
	if (state.runs.some((run) => run.taskId === taskId)) return [];
	const tag = knownTag(state, command.tag ?? state.currentTag);
	const draft = new TagDraft(tag.items);
	const path = pathOf(command.item);
	const item = pathText(path);
	const { status } = knownAt(draft, path, tag.name);
	if (status === 'done' || status === 'cancelled') {
		throw new CoreError('not-possible', `${item} is ${status}, so there is nothing to carry out.`, {
			hint: 'Set it to pending first if there is more to do.',
		});
	}
	if (state.runs.some((run) => run.status === 'running' && run.tag === tag.name && run.item === item)) {
		throw new CoreError('not-possible', `${item} is being carried out already.`, {
			hint: 'Wait until that has ended, or cancel its task.',
		});
	}
	setStatusAt(draft, item, 'in-progress');
	const review = command.review === true ? ({ review: true } as const) : {};
	return [...draft.facts(tag.name), backlogFact('RunBegun', { tag: tag.name, item, taskId, by, ...review })];
}

/** endRun lets the item follow how its task ended; what came of it is noted in its details. */
export function endRun(state: Backlog, command: BacklogCommandOf<'EndRun'>): BacklogFact[] {
	const { taskId, status, summary, at, taskEndedAt } = command;
	const run = state.runs.find((one) => one.taskId === taskId);
	if (run === undefined || !endsAnew(run, run.status === 'running', taskEndedAt)) return [];
	const which = taskEndedAt === undefined ? {} : { taskEndedAt };
	const ended = backlogFact('RunEnded', { taskId, status, ...which });
	const tag = tagNamed(state, run.tag);
	if (tag === undefined) return [ended];
	const draft = new TagDraft(tag.items);
	const path = pathOf(run.item);
	const now = draft.at(path)?.status;
	if (now === undefined) return [ended];
	if (summary !== undefined && summary.trim() !== '') appendNote(draft, path, summary, at);
	// What somebody set meanwhile stays.
	const isOpen = now === 'in-progress' || (now === 'pending' && run.status !== 'running');
	const others = state.runs.some((one) => one !== run && isSameRun(one, run) && one.status === 'running');
	if (isOpen && !others) setStatusAt(draft, run.item, status !== 'done' ? 'pending' : run.review ? 'review' : 'done');
	return [...draft.facts(tag.name), ended];
}

function isSameRun(one: Run, other: Run): boolean {
	return one.tag === other.tag && one.item === other.item;
}

/** beginWatch lets somebody hear of changes of an item, or of a whole tag; a second wish for the same is none. */
export function beginWatch(state: Backlog, command: BacklogCommandOf<'Watch'>): BacklogFact[] {
	const { watchId, person, conversation } = command;
	const tag = knownTag(state, command.tag ?? state.currentTag);
	const path = command.item === undefined ? undefined : pathOf(command.item);
	if (path !== undefined) knownAt(new TagDraft(tag.items), path, tag.name);
	const item = path === undefined ? undefined : pathText(path);
	const same = state.watches.some(
		(watch) =>
			watch.id === watchId ||
			(watch.person === person &&
				watch.tag === tag.name &&
				watch.item === item &&
				(conversation === undefined || watch.conversation === conversation)),
	);
	if (same) return [];
	if (state.watches.length >= BACKLOG_LIMITS.watches) {
		throw new CoreError('not-possible', `This backlog is watched ${BACKLOG_LIMITS.watches} times already.`, {
			hint: 'Watch the whole tag in place of single tasks, or end some (unwatch_task).',
		});
	}
	const where = conversation === undefined ? {} : { conversation };
	return [
		backlogFact('WatchBegun', { watchId, person, tag: tag.name, ...(item === undefined ? {} : { item }), ...where }),
	];
}

/** endWatches ends a watch by its id, or all of a person's on an item. */
export function endWatches(state: Backlog, command: BacklogCommandOf<'Unwatch'>): BacklogFact[] {
	const { person, watchId, item } = command;
	const tag = command.tag ?? state.currentTag;
	return state.watches
		.filter((watch) => watch.person === person)
		.filter((watch) => (watchId === undefined ? watch.tag === tag && watch.item === item : watch.id === watchId))
		.map(({ id }) => backlogFact('WatchEnded', { watchId: id }));
}
