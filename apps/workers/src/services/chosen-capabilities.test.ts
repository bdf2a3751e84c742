import type { ICapability } from '@errand/core/ports/capability.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Choice, chosenCapabilities } from './chosen-capabilities.ts';

const capability = (name: string, more: Partial<ICapability> = {}): ICapability => ({
	name,
	version: 1,
	summary: name,
	input: z.unknown(),
	output: z.unknown(),
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 5,
	run: async () => null,
	...more,
});
const catalogue = [capability('a.plain'), capability('b.browses', { needs: ['browser'] })];
const nothing: Choice['found'] = { model: undefined, search: undefined, browserPath: undefined };
const chosen = (choice: Partial<Choice>) =>
	chosenCapabilities(catalogue, { capabilities: undefined, concurrency: undefined, found: nothing, ...choice }).map(
		({ name, concurrency }) => `${name} ${concurrency}`,
	);

test('a worker that was told nothing has all that it has the means for', () => {
	expect(chosen({})).toEqual(['a.plain 5']);
	expect(chosen({ found: { ...nothing, browserPath: '/chromium' } })).toEqual(['a.plain 5', 'b.browses 5']);
});

test('it has what was named, as often as was said', () => {
	expect(chosen({ capabilities: ['a.plain'], concurrency: 8 })).toEqual(['a.plain 8']);
});

test('it does not start without the means for what was named', () => {
	expect(() => chosen({ capabilities: ['b.browses'] })).toThrow(/"b\.browses" needs/);
});
