import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemOf } from '../http/problem.ts';
import { chatChunk, chatCompletion } from './chat-body.ts';
import { ChatRequestSchema } from './chat-request.ts';
import { modelCard } from './models.ts';
import { openAiError } from './openai-error.ts';
import { type ResponseEnd, type ResponseHead, responseBody } from './response-body.ts';
import { type ResponseEvent, ResponseEvents } from './response-events.ts';
import { ResponseRequestSchema } from './response-request.ts';

// OpenAI's description of its API is not part of the repository: set ERRAND_SPECS_DIR to a folder that has openai-openapi.json.
const folder = process.env['ERRAND_SPECS_DIR'];
const schemas = folder === undefined ? {} : readSchemas(join(folder, 'openai-openapi.json'));

const begun = { task: asTaskId('t1'), from: 0 };
const usage = { input: 1, output: 2 };
const head: ResponseHead = {
	begun,
	model: 'errand',
	createdAt: 1_795_273_659_123,
	instructions: 'Be kind.',
	metadata: { a: 'b' },
	previous: null,
	background: true,
};

describe.skipIf(folder === undefined)("OpenAI's own description of its API (set ERRAND_SPECS_DIR to compare)", () => {
	it('has a completion, its chunks, models and errors as we give them', () => {
		expect(problems('CreateChatCompletionResponse', chatCompletion(head, 'Paris.', usage))).toEqual([]);
		const pieces = [
			{ kind: 'begin' },
			{ kind: 'thought', text: 'Hm.' },
			{ kind: 'text', text: 'Paris.' },
			{ kind: 'end' },
			{ kind: 'usage', usage },
		] as const;
		for (const withUsage of [true, false]) {
			for (const piece of pieces) {
				expect(problems('CreateChatCompletionStreamResponse', chatChunk(head, piece, { withUsage }))).toEqual([]);
			}
		}
		expect(problems('Model', modelCard('errand'))).toEqual([]);
		const refused = ChatRequestSchema.safeParse({ model: 'errand', messages: [] });
		expect(refused.success).toBe(false);
		expect(problems('ErrorResponse', openAiError(problemOf(new Error('x'))))).toEqual([]);
	});

	it('has a response in each state', () => {
		const said = { thoughts: 'Hm.', text: 'Paris.', usage, at: head.createdAt };
		const ends: ResponseEnd[] = [
			{ status: 'queued' },
			{ status: 'in_progress' },
			{ status: 'completed', ...said },
			{ status: 'completed', ...said, thoughts: '' },
			{ status: 'failed', ...said },
			{ status: 'cancelled', ...said },
		];
		for (const end of ends) expect(problems('Response', responseBody(head, end))).toEqual([]);
	});

	it('has every event of a stream', () => {
		const sent: ResponseEvent[] = [];
		const events = new ResponseEvents(head, (event) => sent.push(event));
		events.begin();
		events.thought('Hm.');
		events.thought('Well.');
		events.text('Par');
		events.text('is.');
		events.end({ status: 'done', questions: [], createdAt: 0 } as unknown as TaskView, { text: 'Paris.', usage });
		events.fail({ code: 'internal', message: 'x', param: null });
		const names: Readonly<Record<string, string>> = {
			'response.created': 'ResponseCreatedEvent',
			'response.in_progress': 'ResponseInProgressEvent',
			'response.output_item.added': 'ResponseOutputItemAddedEvent',
			'response.output_item.done': 'ResponseOutputItemDoneEvent',
			'response.reasoning_summary_part.added': 'ResponseReasoningSummaryPartAddedEvent',
			'response.reasoning_summary_part.done': 'ResponseReasoningSummaryPartDoneEvent',
			'response.reasoning_summary_text.delta': 'ResponseReasoningSummaryTextDeltaEvent',
			'response.reasoning_summary_text.done': 'ResponseReasoningSummaryTextDoneEvent',
			'response.content_part.added': 'ResponseContentPartAddedEvent',
			'response.content_part.done': 'ResponseContentPartDoneEvent',
			'response.output_text.delta': 'ResponseTextDeltaEvent',
			'response.output_text.done': 'ResponseTextDoneEvent',
			'response.completed': 'ResponseCompletedEvent',
			error: 'ResponseErrorEvent',
		};
		expect([...new Set(sent.map(({ type }) => type))].sort()).toEqual(Object.keys(names).sort());
		for (const event of sent) expect([event.type, problems(names[event.type] ?? '', event)]).toEqual([event.type, []]);
	});

	it('refuses what is none, so that the comparison means something', () => {
		expect(problems('CreateChatCompletionResponse', { ...chatCompletion(head, '', usage), id: 1 })).not.toEqual([]);
		expect(problems('Response', { ...responseBody(head, { status: 'queued' }), status: 'asleep' })).not.toEqual([]);
		expect(problems('Model', { ...modelCard('errand'), colour: 'red' })).toEqual(['colour is not described']);
	});

	it('has requests that ours take', () => {
		const chat = {
			model: 'errand',
			messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
			temperature: 0.2,
			max_completion_tokens: 5,
			tools: [{ type: 'function', function: { name: 'f' } }],
			tool_choice: 'auto',
			stop: null,
			store: false,
			reasoning_effort: 'low',
		};
		expect(problems('CreateChatCompletionRequest', chat)).toEqual([]);
		expect(ChatRequestSchema.safeParse(chat).error).toBeUndefined();
		const response = {
			model: 'errand',
			input: [
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
				{ type: 'function_call_output', call_id: 'c', output: 'x' },
			],
			conversation: 'conv_1',
			include: [],
			reasoning: { effort: 'low', summary: 'auto' },
			text: { format: { type: 'text' } },
		};
		expect(ResponseRequestSchema.safeParse(response).error).toBeUndefined();
	});
});

function readSchemas(file: string): Readonly<Record<string, Json>> {
	const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Json } };
	const text = JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/$defs/');
	// The description writes “nullable” as OpenAPI 3.0 did, which JSON Schema does not know.
	return JSON.parse(text, (_, value: Json) => {
		if (!isJsonObject(value) || value['nullable'] !== true) return value;
		const { nullable: _nullable, ...schema } = value;
		return { anyOf: [schema, { type: 'null' }] };
	}) as Record<string, Json>;
}

/** What a body breaks of a described schema, and which of its fields are not described at all. */
function problems(name: string, body: unknown): string[] {
	const schema = schemas[name];
	if (schema === undefined) return [`${name} is not described`];
	const type = z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs: schemas } as never);
	const parsed = type.safeParse(body);
	const known = fieldsOf(schema);
	const strays = Object.keys(Object(body)).filter((field) => !known.has(field));
	const broken = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
	return [...broken, ...strays.map((field) => `${field} is not described`)];
}

function fieldsOf(schema: Json | undefined): Set<string> {
	if (!isJsonObject(schema)) return new Set();
	const { $ref, allOf, properties } = schema;
	const own = isJsonObject(properties) ? Object.keys(properties) : [];
	const others = [
		...(typeof $ref === 'string' ? [schemas[$ref.replace('#/$defs/', '')]] : []),
		...(Array.isArray(allOf) ? (allOf as Json[]) : []),
	];
	return new Set([...own, ...others.flatMap((other) => [...fieldsOf(other)])]);
}
