import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import { chunk, DONE, startModelServer } from '../fixture/model-server.ts';
import { OpenAiModel } from './openai-model.ts';

/** A clock on which every wait is over soon, so that hundreds of failing calls take a moment. */
class HastyClock implements IClock {
	now(): number {
		return Date.now();
	}
	after(delayMs: number, run: () => void): () => void {
		const timer = setTimeout(run, Math.min(delayMs, delayMs > 10_000 ? 400 : 1));
		return () => clearTimeout(timer);
	}
}

const json = fc.jsonValue({ maxDepth: 3 });
/** Mostly what is usual, so that most of a stream makes sense and one place of it does not. */
const mostly = <T>(usual: fc.Arbitrary<T>) =>
	fc.oneof(
		{ weight: 9, arbitrary: usual as fc.Arbitrary<unknown> },
		{ weight: 1, arbitrary: json as fc.Arbitrary<unknown> },
	);
const some = { requiredKeys: [] };
const call = fc.record({
	index: mostly(fc.constantFrom(0, 1)),
	id: mostly(fc.constant('c')),
	function: mostly(fc.record({ name: mostly(fc.constant('f')), arguments: mostly(fc.constant('{}')) })),
});
const delta = fc.record(
	{
		content: mostly(fc.constantFrom('text', '', null)),
		refusal: mostly(fc.constant(null)),
		reasoning: mostly(fc.string()),
		tool_calls: mostly(fc.array(mostly(call), { maxLength: 2 })),
	},
	some,
);
const choice = fc.record(
	{ delta: mostly(delta), finish_reason: mostly(fc.constantFrom('stop', 'length', 'content_filter', null)) },
	some,
);
const count = mostly(fc.nat(1_000));
const strange = fc
	.record(
		{
			model: mostly(fc.constant('m')),
			choices: mostly(fc.array(mostly(choice), { maxLength: 2 })),
			usage: mostly(
				fc.record({ prompt_tokens: count, completion_tokens: count, cost: mostly(fc.constant(0.1)) }, some),
			),
		},
		some,
	)
	.map((value) => `data: ${JSON.stringify(value)}\n\n`);
const event = fc.oneof(
	{ weight: 10, arbitrary: strange },
	{ weight: 10, arbitrary: fc.constant(chunk({ content: 'word ' })) },
	{ weight: 3, arbitrary: fc.constant(DONE) },
	{ weight: 1, arbitrary: fc.string().map((text) => `data: ${text}\n\n`) },
	{ weight: 1, arbitrary: json.map((error) => `data: ${JSON.stringify({ error })}\n\n`) },
	{ weight: 1, arbitrary: fc.string() },
);

const LAST = chunk({}, { finish_reason: 'stop' });

describe('whatever a server sends', () => {
	let play: { status: number; type: string; events: string[]; destroy: boolean };
	let server: Awaited<ReturnType<typeof startModelServer>>;
	beforeAll(async () => {
		server = await startModelServer((response) => {
			response.writeHead(play.status, { 'content-type': play.type });
			for (const one of play.events) response.write(one);
			if (play.destroy) response.destroy();
			else response.end();
		});
	});
	afterAll(() => server.stop());

	it('ends in a reply of the right form or in an error that says what to do, in bounded tries', async () => {
		const ends = { replies: 0, errors: 0 };
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(200, 200, 200, 200, 200, 200, 204, 400, 422, 500),
				fc.constantFrom('text/event-stream', 'text/event-stream', 'application/json', 'text/plain'),
				fc.tuple(fc.array(event, { maxLength: 6 }), fc.constantFrom([LAST, DONE], [LAST], [DONE], [])),
				fc.constantFrom(false, false, false, true),
				async (status, type, [events, end], destroy) => {
					play = { status, type, events: [...events, ...end], destroy };
					const asked = server.asked.length;
					const model = new OpenAiModel({ baseUrl: server.url, model: { id: 'm' }, clock: new HastyClock() });
					const reply = await model
						.reply(
							{
								purpose: 'test',
								messages: [{ role: 'user', text: 'Hi' }],
								maxTokens: 50,
								output: { name: 'any', schema: { type: 'object' } },
							},
							{ signal: new AbortController().signal },
						)
						.catch((error: unknown) => error);
					// Three tries, and three ways of asking in each.
					expect(server.asked.length - asked).toBeLessThanOrEqual(9);
					if (isCoreError(reply)) {
						ends.errors += 1;
						expect(['model-unavailable', 'model-refused']).toContain(reply.code);
						expect(reply.hint).not.toBe('');
						return;
					}
					ends.replies += 1;
					expect(reply).toEqual({
						text: expect.any(String),
						toolCalls: expect.any(Array),
						finish: expect.stringMatching(/^(?:stop|length|tools|refusal)$/),
						usage: { tokens: expect.any(Number), microUsd: expect.any(Number) },
						tokens: { input: expect.any(Number), cached: expect.any(Number), output: expect.any(Number) },
						model: expect.any(String),
						...(Object(reply).estimated ? { estimated: true } : {}),
					});
					for (const call of Object(reply).toolCalls) {
						expect(call).toEqual({ id: expect.any(String), name: expect.any(String), arguments: expect.any(String) });
					}
				},
			),
			{ numRuns: 150 },
		);
		expect(Math.min(ends.replies, ends.errors)).toBeGreaterThan(3);
	}, 60_000);
});
