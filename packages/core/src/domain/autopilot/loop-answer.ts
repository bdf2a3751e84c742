import type { Item, Subitem } from '../backlog/item.ts';
import { pathOfKey, targetKey } from '../backlog/item-path.ts';
import type { Backlog } from '../backlog/state.ts';
import type { JsonObject } from '../json.ts';
import { shortened } from '../shortened.ts';
import type { Loop } from './loop.ts';
import { type LoopStand, loopStand } from './loop-stand.ts';
import { inDependencyOrder } from './open-subitems.ts';
import { countsInWords } from './test-counts.ts';

/** loopAnswer tells how a loop stands, in the fields that Task Master's clients read. */
export function loopAnswer(state: Backlog, loop: Loop): JsonObject {
	const stand = loopStand(state, loop);
	const done = stand?.item.subtasks.filter(({ status }) => status === 'done').length ?? 0;
	const total = stand?.item.subtasks.length ?? 0;
	const percentage = total === 0 ? 0 : Math.round((done / total) * 100);
	const current = stand?.sub === undefined ? {} : { current: done + 1 };
	const isGoing = loop.status === 'going' && stand?.sub !== undefined;
	return {
		taskId: loop.item,
		tag: loop.tag,
		branchName: loop.branch,
		phase: loop.status !== 'going' ? 'COMPLETE' : isGoing ? 'SUBTASK_LOOP' : 'FINALIZE',
		...(isGoing ? { tddPhase: stand.phase.toUpperCase() } : {}),
		progress: { completed: done, total, ...current, percentage },
		currentSubtask: isGoing ? subtask(stand, stand.sub, loop) : null,
		nextAction: nextAction(loop, stand),
	};
}

/** nextStep says what to do now, in plain words and with what one needs to know for it. */
export function nextStep(state: Backlog, loop: Loop): JsonObject {
	const stand = loopStand(state, loop);
	const action = nextAction(loop, stand);
	return {
		action,
		actionDescription: inWords(loop, stand),
		nextSteps: inWords(loop, stand),
		expectedFiles: FILES[action] ?? [],
		...(stand?.sub === undefined ? {} : { subtask: contextOf(stand.item, stand.sub) }),
	};
}

/** loopDetails is what `autopilot_status` tells beside how the loop stands. */
export function loopDetails(state: Backlog, loop: Loop): JsonObject {
	const stand = loopStand(state, loop);
	const subtasks = stand === undefined ? [] : inDependencyOrder(stand.item);
	return {
		subtasks: subtasks.map(({ id, title, status }) => ({ id: String(id), title, status })),
		commits: loop.commits.map(({ sub, commit }) => ({ subtask: `${loop.item}.${sub}`, commit })),
		metadata: {
			startedAt: new Date(loop.begunAt).toISOString(),
			baseBranch: loop.from,
			baseCommit: loop.base,
			maxAttempts: loop.maxAttempts,
			...(stand?.tests === undefined ? {} : { lastTestResults: { ...stand.tests } }),
		},
	};
}

function nextAction(loop: Loop, stand: LoopStand | undefined): string {
	if (loop.status !== 'going') return 'none';
	if (stand === undefined) return 'abort_workflow';
	if (stand.sub === undefined) return 'finalize_workflow';
	if (stand.blocked) return 'resolve_blocker';
	return ACTIONS[stand.phase];
}

const ACTIONS = { red: 'generate_test', green: 'implement_code', commit: 'commit_changes' } as const;

const FILES: Readonly<Record<string, readonly string[]>> = {
	generate_test: ['test files'],
	implement_code: ['implementation files'],
	commit_changes: [],
};

function inWords(loop: Loop, stand: LoopStand | undefined): string {
	if (loop.status !== 'going') return `The loop over task ${loop.item} was ${loop.status}; nothing is left to do.`;
	if (stand === undefined) return `Task ${loop.item} is there no more. Call autopilot_abort; the branch stays.`;
	const { item, sub, blocked, attempts, tests } = stand;
	if (sub === undefined) {
		return `All subtasks of task ${item.id} are done. See that nothing is left uncommitted, then call autopilot_finalize.`;
	}
	const name = `${item.id}.${sub.id} “${shortened(sub.title, 150)}”`;
	const last = tests === undefined ? '' : ` The last run: ${countsInWords(tests)}.`;
	if (blocked) {
		return `Subtask ${name} is blocked after ${attempts} attempts.${last} Have the person look at it; autopilot_resume gives it new attempts.`;
	}
	switch (stand.phase) {
		case 'red':
			return `Write a test for subtask ${name} that fails because it is not done yet. Run the tests, then call autopilot_complete_phase with their results.`;
		case 'green':
			return `Write just the code that makes the test of subtask ${name} pass.${last} Run all tests, then call autopilot_complete_phase with their results. Attempt ${attempts + 1} of ${loop.maxAttempts}.`;
		case 'commit':
			return `The tests of subtask ${name} pass.${last} Call autopilot_commit.`;
	}
}

function subtask({ attempts }: LoopStand, { id, title, status }: Subitem, { maxAttempts }: Loop): JsonObject {
	return { id: String(id), title, status, attempts, maxAttempts };
}

/** What whoever writes the test needs to know of it. */
function contextOf(item: Item, sub: Subitem): JsonObject {
	const { description, details, testStrategy } = sub;
	const waitsFor = sub.dependencies.map((reference) => pathOfKey(targetKey(item, true, reference)));
	return {
		id: `${item.id}.${sub.id}`,
		title: sub.title,
		...(description === undefined ? {} : { description }),
		...(details === undefined ? {} : { details }),
		testStrategy: testStrategy ?? item.testStrategy,
		dependencies: waitsFor.map(({ item: id, sub: part }) => (part === undefined ? String(id) : `${id}.${part}`)),
		task: { id: String(item.id), title: item.title, description: item.description },
	};
}
