import { describe, expect, it } from 'vitest';
import { asPersonId, asTaskId } from '../ids.ts';
import type { WorkflowCommand } from './commands.ts';
import { decideWorkflow } from './decide-workflow.ts';
import { evolveWorkflow } from './evolve-workflow.ts';
import type { WorkflowFactType } from './facts.ts';
import type { SavedWorkflowState } from './state.ts';

const ANN = asPersonId('ann');
type Untimed = WorkflowCommand extends infer Command ? (Command extends unknown ? Omit<Command, 'at'> : never) : never;

function save(text: string, more: object = {}): Untimed {
	return {
		type: 'SaveWorkflow',
		person: ANN,
		by: ANN,
		name: 'offers',
		version: 1,
		text,
		hash: text,
		...more,
	} as Untimed;
}

function after(...commands: Untimed[]) {
	let state: SavedWorkflowState;
	const types: WorkflowFactType[] = [];
	for (const command of commands) {
		const decision = decideWorkflow(state, { ...command, at: 1 } as WorkflowCommand);
		if (!decision.ok) return { state, types, refused: decision.error.code };
		for (const fact of decision.facts) {
			types.push(fact.type);
			state = evolveWorkflow(state, { ...fact, seq: (state?.seq ?? 0) + 1, at: 1 });
		}
	}
	return { state, types, refused: undefined };
}

const by = { by: ANN };
const versions = (state: SavedWorkflowState) => state?.versions.map(({ version }) => version);
const run = (task: string, outcome: 'done' | 'failed'): Untimed => ({
	type: 'CountRun',
	taskId: asTaskId(task),
	outcome,
});
const learned = save('one', { learnedFrom: asTaskId('t0') });

describe('a saved workflow', () => {
	it('gets a version with each text, and none for the same text again', () => {
		const { state, types } = after(
			save('one'),
			save('one'),
			save('two', { baseVersion: 1 }),
			save('two', { baseVersion: 1 }),
		);
		expect(types).toEqual(['WorkflowSaved', 'WorkflowSaved']);
		expect(versions(state)).toEqual([1, 2]);
	});

	it('takes the version that its text says where that is higher', () => {
		expect(versions(after(save('one', { version: 7 }), save('two', { baseVersion: 7 })).state)).toEqual([7, 8]);
	});

	it('is not overwritten by whoever has not seen its latest version', () => {
		expect(after(save('one'), save('two', { baseVersion: 1 }), save('three', { baseVersion: 1 })).refused).toBe(
			'version-conflict',
		);
		expect(after(save('one'), save('other')).refused).toBe('version-conflict');
		expect(after(save('one', { baseVersion: 1 })).refused).toBe('version-conflict');
		expect(versions(after(save('one'), save('two', { replace: true })).state)).toEqual([1, 2]);
	});

	it('begins anew after a removal, but for its versions', () => {
		const { state } = after(save('one', { shared: true }), { type: 'RemoveWorkflow', ...by }, save('one'));
		expect(state).toMatchObject({ status: 'kept', shared: false, use: 'enabled' });
		expect(versions(state)).toEqual([1, 2]);
	});

	it('is shared, switched off and on once, however often that is asked', () => {
		const off: Untimed = { type: 'DisableWorkflow', ...by };
		const on: Untimed = { type: 'EnableWorkflow', ...by };
		const share = save('one', { shared: true });
		expect(after(save('one'), share, share, off, off, on, on).types).toEqual([
			'WorkflowSaved',
			'WorkflowShared',
			'WorkflowDisabled',
			'WorkflowEnabled',
		]);
		expect(after(on).refused).toBe('unknown-workflow');
	});

	it('stays switched off when it is changed', () => {
		const { state } = after(save('one'), { type: 'DisableWorkflow', ...by }, save('two', { baseVersion: 1 }));
		expect(state?.use).toBe('disabled');
	});
});

describe('a learned workflow', () => {
	it('counts each run once, and those of others never', () => {
		const { state } = after(learned, run('t1', 'done'), run('t1', 'done'), run('t2', 'failed'));
		expect(state?.learned).toMatchObject({ from: 't0', done: 1, failed: 1 });
		expect(after(save('one'), run('t1', 'done')).types).toEqual(['WorkflowSaved']);
	});

	it('retires after three failures in a row', () => {
		const failing = [run('t1', 'done'), run('t2', 'failed'), run('t3', 'failed')];
		expect(after(learned, ...failing).state?.use).toBe('enabled');
		expect(after(learned, ...failing, run('t4', 'failed')).state?.use).toBe('retired');
	});

	it('retires when half of its latest ten runs failed', () => {
		const mixed = Array.from({ length: 10 }, (_, n) => run(`t${n + 1}`, n % 2 === 0 ? 'done' : 'failed'));
		expect(after(learned, ...mixed.slice(0, 9)).state?.use).toBe('enabled');
		expect(after(learned, ...mixed).state?.use).toBe('retired');
	});

	it('begins to count anew once it is enabled or changed', () => {
		const failed = [run('t1', 'failed'), run('t2', 'failed'), run('t3', 'failed')];
		const enabled = after(learned, ...failed, { type: 'EnableWorkflow', ...by }, run('t4', 'failed')).state;
		expect(enabled).toMatchObject({ use: 'enabled', learned: { failed: 4, runs: [{ taskId: 't4' }] } });
		const changed = after(learned, ...failed, save('two', { baseVersion: 1 })).state;
		expect(changed).toMatchObject({ use: 'enabled', learned: { failed: 3, runs: [] } });
	});
});
