import { asStepId } from '@errand/core/domain/ids.ts';
import type { StepStatus, StepView } from '@errand/core/domain/task/view.ts';
import { expect, it } from 'vitest';
import { liveSteps } from './live-steps.ts';

const step = (id: string, status: StepStatus): StepView => ({
	...{ id: asStepId(id), title: id, capability: 'flow.value', input: {}, dependsOn: [] },
	...{ essential: true, status, attempts: 1 },
});

const PLACES = {
	read: 'steps.0',
	each: 'steps.1',
	part: 'steps.1.steps.0',
	loop: 'steps.2',
	look: 'steps.2.steps.0',
	result: '',
};

it('counts the elements of a list, and asks where one of them asks', () => {
	const live = liveSteps(
		[
			step('read', 'done'),
			...[step('each', 'running'), step('each:0', 'done'), step('each:1', 'running')],
			...[step('each:0/part', 'done'), step('each:1/part', 'asking')],
		],
		PLACES,
	);
	expect(live.get('steps.0')).toEqual({ status: 'done' });
	expect(live.get('steps.1')).toEqual({ status: 'asking', ended: 1, of: 2 });
	expect(live.get('steps.1.steps.0')).toEqual({ status: 'asking', ended: 1, of: 2 });
});

it('names the round of a loop', () => {
	const live = liveSteps(
		[step('loop', 'running'), step('loop#1/look', 'done'), step('loop#2/look', 'running')],
		PLACES,
	);
	expect(live.get('steps.2')).toEqual({ status: 'running', round: 2 });
	expect(live.get('steps.2.steps.0')).toMatchObject({ status: 'running', ended: 1, of: 2 });
});

it('takes the first of what a step becomes in a plan for the step itself', () => {
	const live = liveSteps([step('read', 'waiting'), step('read-in', 'done')], { read: 'steps.0', 'read-in': 'steps.0' });
	expect(live.get('steps.0')).toEqual({ status: 'waiting' });
});
