import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ICapability } from '../ports/capability.ts';
import { readDeclaration, writeDeclaration } from './declared-capability.ts';
import { jsonSchemaOf } from './schema/from-json-schema.ts';

const shout: ICapability = {
	...{ name: 'demo.shout', version: 3, build: 'b1', summary: 'Writes in capitals.' },
	input: z.strictObject({ text: z.string().min(1).describe('What to shout.') }),
	output: z.object({ text: z.string() }),
	...{ effects: 'external', pure: false, placement: 'process', concurrency: 4, timeoutMs: 9_000 },
	...{ retry: { maxAttempts: 2, waitsMs: [10] }, addresses: ['url'] },
	run: async () => ({ text: '' }),
};

describe('declarations', () => {
	it('tell another process all that it needs', () => {
		const read = readDeclaration(JSON.parse(JSON.stringify(writeDeclaration(shout))));
		if (!read.ok) throw new Error(read.problem);
		const { declaration } = read;
		expect(declaration).toMatchObject({
			name: 'demo.shout',
			version: 3,
			build: 'b1',
			effects: 'external',
			concurrency: 4,
		});
		expect(declaration).toMatchObject({ timeoutMs: 9_000, retry: { maxAttempts: 2 }, addresses: ['url'] });
		expect(declaration.input.safeParse({ text: '' }).success).toBe(false);
		expect(declaration.input.safeParse({ text: 'hi' }).success).toBe(true);
		expect(jsonSchemaOf(declaration)).toMatchObject({
			input: { properties: { text: { description: 'What to shout.' } } },
		});
	});

	it('may leave out what has a sensible default, but not what they do to the world', () => {
		const short = { name: 'demo.echo', summary: 'Says it again.', input: { type: 'object' }, effects: 'none' };
		const read = readDeclaration(short);
		expect(read).toMatchObject({ ok: true, declaration: { version: 1, concurrency: 1, pure: false } });
		expect(readDeclaration({ ...short, effects: undefined })).toMatchObject({ ok: false });
	});

	it('say what is wrong with one that is none', () => {
		for (const wrong of [
			null,
			1,
			[],
			{},
			{ ...writeDeclaration(shout), name: 'shout' },
			{ ...writeDeclaration(shout), input: 3 },
		]) {
			expect(readDeclaration(wrong)).toMatchObject({ ok: false, problem: expect.any(String) });
		}
	});
});
