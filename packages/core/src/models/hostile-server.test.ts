import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from '../domain/errors.ts';
import type { IClock } from '../ports/clock.ts';
import { chunk, DONE, startModelServer } from './fixture/model-server.ts';
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
const field = (...usual: unknown[]) => fc.oneof(fc.constantFrom(...usual), json);
/** Something like a chunk, with anything in any place of it. */
const strange = fc
	.record(
		{
			model: field('m'),
			choices: fc.oneof(
				json,
				fc.array(
					fc.record(
						{
							delta: fc.oneof(
								json,
								fc.record(
									{
										content: field('text', '', null),
										refusal: field(null),
										reasoning: json,
										tool_calls: fc.oneof(
											json,
											fc.array(fc.record({ index: field(0, 1), id: field('c'), function: json })),
										),
									},
									{ requiredKeys: [] },
								),
							),
							message: json,
							finish_reason: field('stop', 'length', 'content_filter', null),
						},
						{ requiredKeys: [] },
					),
					{ maxLength: 2 },
				),
			),
			usage: json,
			error: fc.oneof(fc.constant(undefined), json),
		},
		{ requiredKeys: [] },
	)
	.map((value) => `data: ${JSON.stringify(value)}\n\n`);
const event = fc.oneof(
	strange,
	fc.constant(chunk({ content: 'word ' })),
	fc.constant(DONE),
	fc.string().map((text) => `data: ${text}\n\n`),
	fc.string(),
);

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
				fc.constantFrom(200, 200, 200, 200, 204, 400, 422, 500),
				fc.constantFrom('text/event-stream', 'text/event-stream', 'application/json', 'text/plain', ''),
				fc.array(event, { maxLength: 6 }),
				fc.boolean(),
				async (status, type, events, destroy) => {
					play = { status, type, events, destroy };
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
