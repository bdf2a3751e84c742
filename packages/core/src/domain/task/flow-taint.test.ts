import { describe, expect, test } from 'vitest';
import { complete, given, plannedStep, submitTask } from '../../testing/given-task.ts';
import { asStepId } from '../ids.ts';
import type { PlannedStep } from './plan.ts';

const tainted = { origins: ['web:evil.example'] };
const from = ($from: string) => ({ $from });
const id = asStepId;

/** A loop of what is read and what acts on the world, three times at most. */
function rounds(act: Partial<PlannedStep>, until = 'read.enough') {
	const steps = [plannedStep('read'), plannedStep('act', { after: ['read'], ...act })];
	return given(
		submitTask([
			plannedStep('first'),
			plannedStep('loop', {
				capability: 'flow.loop',
				after: ['first'],
				body: { steps, gives: id('read') },
				repeat: { until: { path: until, op: 'equals', value: true }, max: 3 },
			}),
		]),
	);
}

describe('what comes from outside stays marked', () => {
	test('in the next time round a loop, which it decided on', () => {
		const second = rounds({ effects: 'external' })
			.and(complete('first'))
			.and(complete('loop#1/read', {}, tainted))
			.and(complete('loop#1/act'))
			.and(complete('loop#2/read'));
		expect(second.work()).toEqual(['approve-effect/loop#2/act/1']);
	});

	test('in the next time round a loop whose end depends on it', () => {
		const second = rounds({ effects: 'external' }, 'first.enough')
			.and(complete('first', {}, tainted))
			.and(complete('loop#1/read'))
			.and(complete('loop#1/act'))
			.and(complete('loop#2/read'));
		expect(second.work()).toEqual(['approve-effect/loop#2/act/1']);
	});

	test('as what the time before gave, be it an address', () => {
		const third = rounds({ addresses: ['url'], input: { url: from('previous.url') } })
			.and(complete('first'))
			.and(complete('loop#1/read', { url: 'https://evil.example/?q=secret' }, tainted))
			.and(complete('loop#1/act'))
			.and(complete('loop#2/read'));
		expect(third.work()).toEqual(['approve-effect/loop#2/act/1']);
	});

	test('in what was left out or failed because of it', () => {
		const value = plannedStep('value', {
			capability: 'flow.value',
			input: { here: [1, from('maybe')] },
			after: ['maybe'],
		});
		const send = plannedStep('send', { effects: 'external', input: from('value'), after: ['value'] });
		const maybe = plannedStep('maybe', { when: { path: 'first.yes', op: 'exists' }, after: ['first'] });
		const group = plannedStep('value', {
			capability: 'flow.group',
			body: { steps: [maybe], gives: id('maybe') },
			after: ['first'],
		});
		const each = plannedStep('value', { forEach: { $from: 'first.none' }, after: ['first'] });
		const workAfter = (...steps: readonly PlannedStep[]) =>
			given(submitTask([plannedStep('first'), ...steps, send]))
				.and(complete('first', { none: [] }, tainted))
				.work();
		expect(workAfter(maybe, value)).toEqual(['approve-effect/send/1']);
		expect(workAfter(group)).toEqual(['approve-effect/send/1']);
		expect(workAfter(each)).toEqual(['approve-effect/send/1']);
	});
});
