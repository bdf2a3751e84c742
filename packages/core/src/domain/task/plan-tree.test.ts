import { describe, expect, it } from 'vitest';
import { asStepId } from '../ids.ts';
import { planProgress, planTree } from './plan-tree.ts';
import type { StepStatus, StepView } from './view.ts';

const step = (id: string, status: StepStatus, parent?: string): StepView => ({
	id: asStepId(id),
	title: id,
	capability: 'web.read',
	input: {},
	dependsOn: [],
	essential: true,
	status,
	attempts: 1,
	parent,
});

describe('planTree', () => {
	it('puts the children of a forEach step under it and counts them', () => {
		const nodes = planTree([
			step('read', 'running'),
			step('write', 'waiting'),
			step('read:0', 'done', 'read'),
			step('read:1', 'dead-lettered', 'read'),
			step('read:2', 'running', 'read'),
		]);
		expect(nodes.map((node) => [node.step.id, node.children.map((child) => child.id)])).toEqual([
			['read', ['read:0', 'read:1', 'read:2']],
			['write', []],
		]);
		expect(nodes[0]).toMatchObject({ ended: 2, failed: 1 });
	});

	it('still shows a child whose parent is missing', () => {
		expect(planTree([step('gone:0', 'done', 'gone')]).map((node) => node.step.id)).toEqual(['gone:0']);
	});
});

describe('planProgress', () => {
	it('lets children move their parent part of the way', () => {
		const steps = [
			step('a', 'done'),
			step('b', 'running'),
			step('b:0', 'done', 'b'),
			step('b:1', 'running', 'b'),
			step('c', 'waiting'),
		];
		expect(planProgress(steps)).toEqual({ ended: 1.5, of: 3 });
	});
});
