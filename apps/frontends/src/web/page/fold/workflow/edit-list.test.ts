import { describe, expect, it } from 'vitest';
import { draftWith, stepsAt } from './draft.ts';
import { withLink, withoutLink, withoutStep, withStep } from './edit-list.ts';
import { listGraph, nearestNode } from './list-graph.ts';
import { FLOW_OFFERS, fittingOffers, newStep } from './new-step.ts';

const TOP = ['steps'];
const draft = { name: 'a', steps: [{ id: 'one', let: 1 }, { use: 'web.read' }, { id: 'three', let: '${one}' }] };
const steps = (from: typeof draft | ReturnType<typeof withLink>) => stepsAt(from, TOP);

describe('a list of steps', () => {
	it('takes a step in between, and what follows waits for that', () => {
		const made = withStep(draft, TOP, { step: { id: 'new', let: 0 }, after: 0 });
		expect(steps(made).map((step) => step['id'])).toEqual(['one', 'new', undefined, 'three']);
		expect(listGraph(steps(made), false).edges).toEqual([
			{ from: 0, to: 1, kind: 'order' },
			{ from: 1, to: 2, kind: 'order' },
			{ from: 2, to: 3, kind: 'order' },
			{ from: 0, to: 3, kind: 'data' },
		]);
	});

	it('gives a step an id when another is to wait for it', () => {
		const cut = withoutLink(draft, TOP, { from: 1, to: 2 });
		expect(steps(cut)[2]).toEqual({ id: 'three', let: '${one}', after: [] });
		const linked = withLink(withLink(cut, TOP, { from: 0, to: 2 }), TOP, { from: 1, to: 2 });
		expect(steps(linked).map(({ id, after }) => [id, after])).toEqual([
			['one', undefined],
			['read', undefined],
			['three', ['one', 'read']],
		]);
	});

	it('says nothing of an order that is the usual one', () => {
		const back = withLink(withoutLink(draft, TOP, { from: 1, to: 2 }), TOP, { from: 1, to: 2 });
		expect(steps(back)[2]).not.toHaveProperty('after');
		expect(withLink(draft, TOP, { from: 1, to: 2 })).toBe(draft);
	});

	it('has what waited for a removed step wait for what that waited for', () => {
		const linked = withLink(withLink(draft, TOP, { from: 0, to: 2 }), TOP, { from: 1, to: 2 });
		const without = withoutStep(linked, TOP, 1);
		expect(steps(without).map(({ id, after }) => [id, after])).toEqual([
			['one', undefined],
			['three', ['one']],
		]);
	});

	it('is gone through by arrow keys', () => {
		const { layout } = listGraph(
			[
				{ id: 'a', let: 1 },
				{ id: 'b', let: 1, after: ['a'] },
				{ id: 'c', let: 1, after: ['a'] },
			],
			false,
		);
		expect([nearestNode(layout, 0, 'ArrowDown'), nearestNode(layout, 1, 'ArrowUp')]).toEqual([1, 0]);
		expect([nearestNode(layout, 1, 'ArrowRight'), nearestNode(layout, 2, 'ArrowLeft')]).toEqual([2, 1]);
		expect(nearestNode(layout, 0, 'ArrowUp')).toBeUndefined();
	});
});

describe('a new step', () => {
	it('has an id that no other step has, however deep', () => {
		const deep = draftWith(draft, [...TOP, 1], { id: 'each', each: '[]', steps: [{ id: 'read', let: 1 }] });
		expect(newStep(deep, { kind: 'capability', name: 'web.read', words: '', summary: '' })).toEqual({
			id: 'read2',
			use: 'web.read',
		});
	});

	it('of each construct is sound by itself but for what only the person knows', () => {
		const made = FLOW_OFFERS.map((offer) => newStep(draft, offer));
		expect(new Set(made.map(({ id }) => id)).size).toBe(FLOW_OFFERS.length);
		expect(made.find((step) => 'choose' in step)).toMatchObject({
			choose: [{ steps: [{ id: 'part' }] }, { steps: [{ id: 'part_b' }] }],
		});
	});

	it('is found by all of its words, names first', () => {
		const offers = [
			{ kind: 'capability', name: 'text.write', words: 'text.write', summary: 'Writes after a loop.' },
			...FLOW_OFFERS,
		] as const;
		expect(fittingOffers(offers, 'loop').map(({ name }) => name)).toEqual(['loop', 'text.write']);
		expect(fittingOffers(offers, 'text loop').map(({ name }) => name)).toEqual(['text.write']);
	});
});
