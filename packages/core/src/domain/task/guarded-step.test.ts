import { describe, expect, it } from 'vitest';
import { complete, given, plannedStep, submitTask } from '../../testing/given-task.ts';

const tainted = { origins: ['web:tide.example'] };
const reads = (change: object) =>
	plannedStep('read', { after: ['first'], addresses: ['url', 'download.url'], ...change });

/** The work owed once the first step, made from the web, is done. */
function workAfter(first: object, second: object, value: object = { links: [{ url: 'https://a.example/' }] }) {
	const task = given(submitTask([plannedStep('first', first), reads(second)]));
	return task.and(complete('first', value as never, tainted)).work();
}

describe('a step made from outside content that requests an address', () => {
	it('runs when a source gave the address as it stands', () => {
		const copied = { input: { url: { $from: 'first.links.0.url' } } };
		expect(workAfter({ copiesAddresses: true }, copied)).toEqual(['run/read/1']);
	});

	it('asks when the address may have been composed', () => {
		for (const input of [
			{ url: { $from: 'first.links.0.url' } },
			{ url: 'https://b.example/', download: { $from: 'first.links.0' } },
			{ $from: 'first.links.0' },
		]) {
			expect(workAfter({}, { input })).toEqual(['approve-effect/read/1']);
		}
	});

	it('looks at the addresses of each element of a list', () => {
		const reads = (steps: unknown) => ({
			addresses: ['url', 'steps.*.url'],
			input: { url: 'https://b.example/', steps },
		});
		const open = (url: unknown) => ({ do: 'open', url });
		expect(workAfter({}, reads([open('https://b.example/2'), { do: 'scroll' }]))).toEqual(['run/read/1']);
		for (const steps of [[open('https://b.example/2'), open({ $from: 'first.url' })], [{ $from: 'first.step' }]]) {
			expect(workAfter({}, reads(steps))).toEqual(['approve-effect/read/1']);
			expect(workAfter({ copiesAddresses: true }, reads(steps))).toEqual(['run/read/1']);
		}
		expect(workAfter({}, reads({ $from: 'first.steps' }))).toEqual(['approve-effect/read/1']);
	});

	it('runs when the person gave the address, whatever else is in the input', () => {
		const input = { url: 'https://b.example/', note: { $from: 'first.links' } };
		expect(workAfter({}, { input })).toEqual(['run/read/1']);
		expect(workAfter({}, { input: { artifact: { $from: 'first.links' } } })).toEqual(['run/read/1']);
	});

	it('looks through a list at the step that gave it', () => {
		const each = { input: { url: { $from: 'item.url' } }, forEach: { $from: 'first.links' } };
		expect(workAfter({ copiesAddresses: true }, each)).toEqual(['run/read:0/1']);
		expect(workAfter({}, each)).toEqual(['approve-effect/read:0/1']);
	});

	it('asks about an address that stands in a step which outside content put into the plan', () => {
		const added = plannedStep('more', { addresses: ['url'], input: { url: 'https://evil.example/?all=1' } });
		const task = given(submitTask([plannedStep('first')]));
		expect(task.and(complete('first', {}, { ...tainted, extend: [added] } as never)).work()).toEqual([
			'approve-effect/more/2',
		]);
		expect(task.and(complete('first', {}, { extend: [added] } as never)).work()).toEqual(['run/more/1']);
		const shown = task.and(complete('first', {}, { ...tainted, extend: [added] } as never)).view().plan.steps;
		expect(shown.map(({ origins }) => origins)).toEqual([undefined, ['web:tide.example']]);
	});
});
