import { afterEach, expect, it } from 'vitest';
import { SystemClock } from '../../adapters/in-process/system-clock.ts';
import { type Answer, fails, sends, startModelServer } from '../fixture/model-server.ts';
import { OpenAiModel } from './openai-model.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function setUp(dimensions: number | undefined, ...script: Answer[]) {
	const server = await startModelServer(...script);
	stops.push(server.stop);
	const clock = new SystemClock();
	const model = new OpenAiModel({
		baseUrl: server.url,
		model: { id: 'm' },
		clock,
		dimensions,
		bounds: { routed: true },
	});
	return { server, embed: (...texts: string[]) => model.embed(texts, { signal: new AbortController().signal }) };
}

const vectors = (...lengths: number[]): Answer =>
	sends({ data: lengths.map((length, index) => ({ index, embedding: Array.from({ length }, () => 0.5) })) });

it('asks for vectors of the length that is wanted, and for any where that cannot be chosen', async () => {
	const { server, embed } = await setUp(
		3,
		vectors(3),
		fails(400, { message: 'dimensions is not supported' }),
		vectors(3),
	);
	await embed('a');
	expect((await embed('b')).vectors[0]).toHaveLength(3);
	expect(server.asked.map(({ body }) => body.dimensions)).toEqual([3, 3, undefined]);
});

it('takes vectors of any length as long as all are alike', async () => {
	const { embed } = await setUp(undefined, vectors(5, 5), vectors(5, 4));
	expect((await embed('a', 'b')).vectors.map(({ length }) => length)).toEqual([5, 5]);
	await expect(embed('a', 'b')).rejects.toMatchObject({ code: 'model-refused', message: expect.stringContaining('4') });
});

it('refuses vectors that are not as long as others that were kept would be', async () => {
	const { embed } = await setUp(3, vectors(4));
	await expect(embed('a')).rejects.toMatchObject({
		code: 'model-refused',
		message: expect.stringContaining('a vector of 4 numbers, where others have 3'),
	});
});
