import type { Json } from '@errand/core/domain/json.ts';
import { browserPath } from '../browser.ts';

/** StormStep is a step as it is submitted. */
export interface StormStep {
	readonly id: string;
	readonly title: string;
	readonly capability: string;
	readonly input: Json;
	readonly dependsOn?: readonly string[];
	readonly forEach?: { readonly $from: string };
	readonly timeoutMs?: number;
}

const ITEMS = ['one', 'two', 'three'];
const ASKS_EVERY = 8;
const VISITS_EVERY = 25;
/** A run that may have acted on the world is left to the person, who looks once its time is up. */
export const EFFECT_TIMEOUT_MS = 6_000;

/** STEPS is how many steps each plan has; a list's own steps come on top. */
export const STEPS = 10;

/** RUNS_OF_STEPS is how many outcomes a task ends with: those of the plan and of the list's items, whose list has none of its own. */
export const OUTCOMES = STEPS - 1 + ITEMS.length;

/**
 * stormPlan is the plan of one task: some steps side by side, some in handler children, one for each item of a list, two that
 * share a workspace, one that acts on the world, for some a question, for a few a browser, and one that needs all of them.
 */
export function stormPlan(task: number, site: string): readonly StormStep[] {
	const ms = (step: number) => 20 + ((task * 97 + step * 131) % 300);
	const wait = (id: string, step: number, after: readonly string[] = []): StormStep => ({
		...{ id, title: id, capability: 'test.wait' },
		input: { ms: ms(step), say: `${id} ${task}`, after: after.map((from) => ({ $from: from })) },
	});
	const asks = task % ASKS_EVERY === 3;
	const visits = task % VISITS_EVERY === 7 && browserPath !== undefined;
	const question = { kind: 'text', text: `Which colour, ${task}?` };
	return [
		wait('first', 1),
		visits
			? { id: 'child', title: 'child', capability: 'browser.visit', input: { url: `${site}/page` } }
			: { ...wait('child', 2), capability: 'test.wait-in-child' },
		{ id: 'list', title: 'list', capability: 'test.list', input: { items: ITEMS } },
		{ ...wait('each', 3), input: { ms: ms(3), say: { $from: 'item' } }, forEach: { $from: 'list.items' } },
		{ id: 'write', title: 'write', capability: 'files.write', input: { path: 'note.txt', content: `note ${task}` } },
		{ ...readNote, dependsOn: ['write'] },
		{
			...{ id: 'effect', title: 'effect', capability: 'test.count', timeoutMs: EFFECT_TIMEOUT_MS },
			input: { url: `${site}/count`, key: effectKey(task), ms: ms(4) },
			dependsOn: ['first'],
		},
		asks
			? { id: 'ask', title: 'ask', capability: 'human.ask', input: { questions: [question] }, dependsOn: ['first'] }
			: wait('ask', 5, ['first']),
		wait('second', 6, ['first', 'child', 'ask']),
		{ ...wait('answer', 7, ['second', 'each', 'read']), dependsOn: ['effect'] },
	];
}

/** effectKey names what the effect of a task is counted under. */
export function effectKey(task: number): string {
	return `effect-${task}`;
}

/** stormAnswer is how each task must end. */
export function stormAnswer(task: number): string {
	return `answer ${task}`;
}

const readNote: StormStep = { id: 'read', title: 'read', capability: 'files.read', input: { path: 'note.txt' } };
