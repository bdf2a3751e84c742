import type { BacklogCommandOf } from '../backlog/commands.ts';
import { type BacklogFact, backlogFact } from '../backlog/facts.ts';
import type { ItemStatus } from '../backlog/item.ts';
import { pathOf } from '../backlog/item-path.ts';
import { knownItem, knownTag } from '../backlog/rules/call.ts';
import { setStatusAt } from '../backlog/rules/set-status.ts';
import type { Backlog } from '../backlog/state.ts';
import { TagDraft } from '../backlog/tag-draft.ts';
import { CoreError } from '../errors.ts';
import { LOOP_LIMITS, type Loop } from './loop.ts';
import { type LoopStand, loopStand } from './loop-stand.ts';
import { openSubitems } from './open-subitems.ts';
import { countsInWords } from './test-counts.ts';

/** beginLoop begins work on an item that has open subitems, the first of which is in progress from now on. */
export function beginLoop(state: Backlog, command: BacklogCommandOf<'BeginLoop'>): BacklogFact[] {
	const { loopId, branch, from, base, by, force } = command;
	const other = state.loop?.status === 'going' ? state.loop : undefined;
	if (state.loop?.id === loopId) return [];
	if (other !== undefined && !force) {
		throw new CoreError('not-possible', `A loop over task ${other.item} is under way already.`, {
			hint: 'autopilot_resume goes on with it, autopilot_abort ends it, force: true begins a new one in its place.',
		});
	}
	const tag = knownTag(state, command.tag ?? state.currentTag);
	const draft = new TagDraft(tag.items);
	const path = pathOf(command.item);
	if (path.sub !== undefined) {
		throw new CoreError('invalid-input', `${command.item} is a subtask, and the loop goes over those of a task.`, {
			hint: `Begin it on task ${path.item}.`,
		});
	}
	const item = knownItem(draft, path.item, tag.name);
	const [first] = openSubitems(item);
	if (first === undefined) {
		const why = item.subtasks.length === 0 ? 'has no subtasks' : 'has no open subtasks';
		throw new CoreError('not-possible', `Task ${item.id} ${why}, so there is nothing to go over.`, {
			hint: 'expand_task splits it, add_subtask adds to it.',
		});
	}
	setStatusAt(draft, `${item.id}.${first.id}`, 'in-progress');
	const maxAttempts = command.maxAttempts ?? LOOP_LIMITS.usualAttempts;
	const begun = { loopId, tag: tag.name, item: String(item.id), sub: first.id, branch, from, base, maxAttempts, by };
	return [
		...(other === undefined ? [] : [backlogFact('LoopEnded', { loopId: other.id, outcome: 'aborted' })]),
		...draft.facts(tag.name),
		backlogFact('LoopBegun', begun),
	];
}

/** completePhase goes on where the tests say so; where they fail though they should pass, the attempt counts. */
export function completePhase(state: Backlog, command: BacklogCommandOf<'CompletePhase'>): BacklogFact[] {
	const { loopId, phase, tests, unsaved } = command;
	const { loop, stand, sub } = workedOn(state, command);
	const name = `${stand.item.id}.${sub.id}`;
	if (stand.phase === 'commit') {
		throw new CoreError('not-possible', `Subtask ${name} waits for its commit.`, { hint: 'Call autopilot_commit.' });
	}
	if (stand.phase !== phase) throw wentOn(state, loop);
	if (tests.passed + tests.failed === 0) {
		throw new CoreError('invalid-input', 'No test was run.', {
			hint: phase === 'red' ? 'Write a test that fails, and run it.' : 'Run the tests that were to pass.',
		});
	}
	if (phase === 'red') {
		if (tests.failed > 0) return [backlogFact('LoopPhaseCompleted', { loopId, sub: sub.id, phase, tests })];
		// A test that passed at once is worth keeping; where there is none, there is nothing to commit.
		if (unsaved) return [backlogFact('LoopPhaseCompleted', { loopId, sub: sub.id, phase, tests, alreadyThere: true })];
		return subitemDone(loop, stand, state, undefined);
	}
	if (tests.failed === 0) return [backlogFact('LoopPhaseCompleted', { loopId, sub: sub.id, phase, tests })];
	const attempts = stand.attempts + 1;
	const blocked = attempts >= loop.maxAttempts;
	const failed = backlogFact('LoopAttemptFailed', { loopId, sub: sub.id, tests, attempts, blocked });
	return blocked ? [...withStatus(state, loop, name, 'blocked'), failed] : [failed];
}

/** noteCommit takes a subitem for done, because it was committed. The same commit twice changes nothing. */
export function noteCommit(state: Backlog, command: BacklogCommandOf<'NoteCommit'>): BacklogFact[] {
	const { loopId, commit } = command;
	const last = state.loop?.id === loopId ? state.loop.commits : [];
	if (last.some((one) => one.commit === commit && one.sub === command.sub)) return [];
	const { loop, stand, sub } = workedOn(state, command);
	if (stand.phase === 'commit') return subitemDone(loop, stand, state, commit);
	throw new CoreError('not-possible', `Subtask ${stand.item.id}.${sub.id} is not ready to be committed.`, {
		hint: 'autopilot_next says what comes before.',
	});
}

/** unblockLoop gives a subitem that was blocked all its attempts again. */
export function unblockLoop(state: Backlog, { loopId }: BacklogCommandOf<'UnblockLoop'>): BacklogFact[] {
	const loop = goingLoop(state, loopId);
	const stand = loopStand(state, loop);
	if (stand?.sub === undefined || !stand.blocked) return [];
	const name = `${stand.item.id}.${stand.sub.id}`;
	return [...withStatus(state, loop, name, 'in-progress'), backlogFact('LoopUnblocked', { loopId, sub: stand.sub.id })];
}

/** endLoop ends a loop: finished, once nothing is open any more, or given up. */
export function endLoop(state: Backlog, { loopId, outcome }: BacklogCommandOf<'EndLoop'>): BacklogFact[] {
	if (state.loop?.id === loopId && state.loop.status === outcome) return [];
	const loop = goingLoop(state, loopId);
	const ended = backlogFact('LoopEnded', { loopId, outcome });
	if (outcome === 'aborted') return [ended];
	const stand = loopStand(state, loop);
	if (stand === undefined) throw itemGone(loop);
	if (stand.open.length > 0) {
		const names = stand.open.map(({ id }) => `${stand.item.id}.${id}`);
		throw new CoreError('not-possible', `${names.length} of its subtasks are open: ${names.slice(0, 20).join(', ')}.`, {
			hint: 'autopilot_next says what to do now.',
		});
	}
	const finished = stand.item.subtasks.every(({ status }) => status === 'done' || status === 'cancelled');
	return [...withStatus(state, loop, loop.item, finished ? 'done' : 'review'), ended];
}

/** goingLoop is the loop that is under way, or a refusal. */
export function goingLoop({ loop }: Backlog, loopId?: string): Loop {
	if (loop?.status === 'going' && (loopId === undefined || loop.id === loopId)) return loop;
	const last = loop === undefined ? '' : ` The last one, over task ${loop.item}, was ${loop.status}.`;
	throw new CoreError('not-found', `No loop is under way here.${last}`, { hint: 'autopilot_start begins one.' });
}

/** workedOn is the subitem that a loop works on, if it may go on with it. */
export function workedOn(state: Backlog, seen: { readonly loopId: string; readonly sub: number }) {
	const loop = goingLoop(state, seen.loopId);
	const stand = loopStand(state, loop);
	if (stand === undefined) throw itemGone(loop);
	const { sub } = stand;
	if (sub === undefined) {
		throw new CoreError('not-possible', `All subtasks of task ${loop.item} are done.`, {
			hint: 'Call autopilot_finalize.',
		});
	}
	if (sub.id !== seen.sub) throw wentOn(state, loop);
	if (!stand.blocked) return { loop, stand, sub };
	const { attempts, tests } = stand;
	const last = tests === undefined ? '' : ` (the last time ${countsInWords(tests)})`;
	throw new CoreError(
		'not-possible',
		`Subtask ${loop.item}.${sub.id} is blocked: ${attempts} attempts failed${last}.`,
		{
			hint: 'Have the person look at it; autopilot_resume gives it new attempts, autopilot_abort gives up.',
		},
	);
}

function subitemDone(loop: Loop, stand: LoopStand, state: Backlog, commit: string | undefined): BacklogFact[] {
	const sub = stand.sub?.id ?? loop.sub;
	const next = stand.open.find(({ id }) => id !== sub)?.id;
	const draft = new TagDraft(knownTag(state, loop.tag).items);
	setStatusAt(draft, `${stand.item.id}.${sub}`, 'done');
	if (next !== undefined) setStatusAt(draft, `${stand.item.id}.${next}`, 'in-progress');
	const data = {
		...{ loopId: loop.id, sub },
		...(commit === undefined ? {} : { commit }),
		...(next === undefined ? {} : { next }),
	};
	return [...draft.facts(loop.tag), backlogFact('LoopSubitemCompleted', data)];
}

function withStatus(state: Backlog, loop: Loop, name: string, status: ItemStatus): BacklogFact[] {
	const draft = new TagDraft(knownTag(state, loop.tag).items);
	setStatusAt(draft, name, status);
	return draft.facts(loop.tag);
}

function wentOn(state: Backlog, loop: Loop): CoreError {
	const stand = loopStand(state, loop);
	const where = stand?.sub === undefined ? 'its end' : `subtask ${loop.item}.${stand.sub.id}, ${stand.phase} phase`;
	return new CoreError('version-conflict', `The loop went on meanwhile: it is at ${where}.`, {
		hint: 'autopilot_next says what to do now.',
	});
}

function itemGone({ item, tag }: Loop): CoreError {
	return new CoreError('not-found', `Task ${item} of tag "${tag}", which the loop goes over, is there no more.`, {
		hint: 'autopilot_abort ends the loop; its branch stays.',
	});
}
