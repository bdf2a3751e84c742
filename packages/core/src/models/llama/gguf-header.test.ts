import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isCoreError } from '../../domain/errors.ts';
import { tinyGguf } from '../fixture/tiny-gguf.ts';
import { ggufFacts, parseGgufHeader, readGgufHeader } from './gguf-header.ts';

it('tells what a model is from the head of its file', () => {
	const header = parseGgufHeader(tinyGguf({ contextTokens: 4_096 }));
	expect(header).toMatchObject({ version: 3, tensors: 12 });
	expect(header.values.get('tokenizer.ggml.tokens')).toEqual({ length: 286 });
	expect(ggufFacts(header)).toEqual({
		architecture: 'llama',
		title: 'Tiny',
		contextTokens: 4_096,
		embedding: false,
	});
	expect(ggufFacts(parseGgufHeader(tinyGguf({ vectors: true }))).embedding).toBe(true);
});

it('refuses what is none in words, whatever bytes it is made of', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'errand-gguf-'));
	try {
		const whole = tinyGguf();
		const head = whole.subarray(0, 9_000);
		const damaged = fc.tuple(fc.nat(head.length - 1), fc.nat(255)).map(([at, byte]) => {
			const copy = Buffer.from(whole);
			copy[at] = byte;
			return copy;
		});
		const cut = fc.nat(head.length - 1).map((length) => Buffer.from(head.subarray(0, length)));
		const bytes = fc.oneof(
			damaged,
			cut,
			fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
		);
		const file = join(folder, 'x.gguf');
		await fc.assert(
			fc.asyncProperty(bytes, async (content) => {
				await writeFile(file, content);
				const read = await readGgufHeader(file).catch((error: unknown) => error);
				expect(isCoreError(read) ? read.code : typeof read).toMatch(/^(?:unsupported-type|object)$/);
				if (!isCoreError(read)) expect(read).toHaveProperty('values');
			}),
			{ numRuns: 60 },
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});
