import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacklogCommand } from '../backlog/commands.ts';
import { evolveBacklog } from '../backlog/evolve-backlog.ts';
import { ANN, AT, type GivenBacklog, givenBacklog } from '../backlog/fixture/given-backlog.ts';
import type { BacklogState } from '../backlog/state.ts';
import type { BacklogToolName } from '../backlog/tools.ts';
import { isCoreError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { loopStand } from './loop-stand.ts';

type Action = (given: GivenBacklog) => void;

const sub = fc.constantFrom(1, 2, 3, 4);
const counts = fc.record({ failed: fc.nat(2), passed: fc.nat(2) }).map(({ failed, passed }) => ({
	...{ total: failed + passed, failed, passed, skipped: 0 },
}));
const ask = (command: BacklogCommand): Action => {
	return (given) => void given.do(command);
};
const call = (tool: BacklogToolName, args: JsonObject): Action => {
	return (given) => void given.call(tool, args);
};
const common = { at: AT, loopId: 'l1' } as const;

const action: fc.Arbitrary<Action> = fc.oneof(
	fc
		.tuple(sub, fc.constantFrom('red' as const, 'green' as const), counts, fc.boolean())
		.map(([id, phase, tests, unsaved]) => ask({ type: 'CompletePhase', ...common, sub: id, phase, tests, unsaved })),
	sub.map((id) => ask({ type: 'NoteCommit', ...common, sub: id, commit: String(id).repeat(40) })),
	fc.constant(ask({ type: 'UnblockLoop', ...common })),
	fc
		.constantFrom('finished' as const, 'aborted' as const)
		.map((outcome) => ask({ type: 'EndLoop', ...common, outcome })),
	fc
		.tuple(sub, fc.constantFrom('done', 'pending', 'deferred', 'blocked'))
		.map(([id, status]) => call('set_task_status', { id: `1.${id}`, status })),
	sub.map((id) => call('remove_subtask', { id: `1.${id}` })),
	fc.tuple(sub, sub).map(([from, to]) => call('move_task', { from: `1.${from}`, to: `1.${to}` })),
	sub.map((id) => call('add_subtask', { id: '1', title: `After ${id}`, dependencies: String(id) })),
);

function after(actions: readonly Action[]): GivenBacklog {
	const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }, { id: 2, dependencies: [1] }, { id: 3 }] }]);
	const begin = { ...common, item: '1', branch: 'task-1', from: 'main', base: 'a'.repeat(40), by: ANN, force: false };
	given.do({ type: 'BeginLoop', ...begin });
	for (const one of actions) {
		try {
			one(given);
		} catch (error) {
			if (!isCoreError(error)) throw error;
		}
	}
	return given;
}

describe('whatever is done to a loop and its item', () => {
	it('history is the truth', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
				const given = after(actions);
				let state: BacklogState;
				for (const fact of given.facts) state = evolveBacklog(state, fact);
				expect(state).toEqual(given.state);
			}),
			{ numRuns: 100 },
		);
	});

	it('nothing is committed that was not tested, and nothing ends as finished that is open', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
				const given = after(actions);
				for (const [at, fact] of given.facts.entries()) {
					if (fact.type !== 'LoopSubitemCompleted' || fact.data.commit === undefined) continue;
					const tested = given.facts.slice(0, at).findLast(({ type }) => type === 'LoopPhaseCompleted');
					expect(tested?.data).toMatchObject({ sub: expect.any(Number), tests: { failed: 0 } });
				}
				const { loop } = given.backlog;
				if (loop?.status === 'going') expect(loopStand(given.backlog, loop)?.item.id).toBe(1);
			}),
			{ numRuns: 100 },
		);
	});

	it('doing what is next comes to its end', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 10 }), (actions) => {
				const given = after(actions);
				for (let left = 60; given.backlog.loop?.status === 'going' && left > 0; left -= 1) goOn(given);
				expect(given.backlog.loop?.status).not.toBe('going');
			}),
			{ numRuns: 100 },
		);
	});
});

/** What an agent does that keeps to what it is told. */
function goOn(given: GivenBacklog): void {
	const { loop } = given.backlog;
	const stand = loop === undefined ? undefined : loopStand(given.backlog, loop);
	if (stand?.sub === undefined) return void given.do({ type: 'EndLoop', ...common, outcome: 'finished' });
	if (stand.blocked) return void given.do({ type: 'UnblockLoop', ...common });
	const { id } = stand.sub;
	if (stand.phase === 'commit') {
		return void given.do({ type: 'NoteCommit', ...common, sub: id, commit: `c${id}`.padEnd(40, '0') });
	}
	const failed = stand.phase === 'red' ? 1 : 0;
	const tests = { total: 2, passed: 2 - failed, failed, skipped: 0 };
	given.do({ type: 'CompletePhase', ...common, sub: id, phase: stand.phase, tests, unsaved: true });
}
