import {
	begin,
	calls,
	chunk,
	cutsOff,
	fails,
	fallsSilent,
	finish,
	hangs,
	type Misdeed,
	neverStops,
	proposes,
	resets,
	says,
	sends,
	thenGood,
	writes,
} from './misbehaving-model.ts';

const summary = { id: 's', title: 'Sum up', capability: 'text.summarize', input: { text: 'The Alder plan.' } };
const step = (change: object) => ({ ...summary, ...change });

/** PASSING_MISDEEDS are those that a model gets over, or that show no server to be down. */
export const PASSING_MISDEEDS: Readonly<Record<string, Misdeed>> = {
	'busy-for-a-second': thenGood(fails(429, { 'retry-after': '1' })),
	'busy-until-a-date': thenGood((call) => {
		// Dates have whole seconds.
		const at = new Date(Date.now() + 2_000).toUTCString();
		return fails(429, { 'retry-after': at })(call);
	}),
	'no-credit': fails(429, {}, { code: 'insufficient_quota', message: 'You exceeded your quota, check billing.' }),
	'error-then-good': thenGood(fails(500)),
	'overloaded-then-good': thenGood(fails(503)),
	'reset-then-good': thenGood(resets),
	'cut-then-good': thenGood(cutsOff),
	'bad-json-then-good': thenGood(writes('{"steps": [{"id": "a", "tit')),
	'bad-json': writes('{"steps": [{"id": "a", "capability" "text.summarize" oops'),
	'wrong-schema': writes('{"steps": "all of them", "sentences": 7, "answers": "no", "cells": {}, "statements": true}'),
	refusal: ({ response }) => {
		begin(response);
		response.write(chunk({ refusal: 'I would rather not.' }));
		finish(response, 'stop');
	},
	'content-filter': ({ response }) => {
		begin(response);
		finish(response, 'content_filter');
	},
	endless: neverStops,
	'endless-call': async (call) => {
		if (!call.plans) return neverStops(call);
		const { response } = call;
		begin(response);
		const open = { index: 0, id: 'c', function: { name: 'propose_plan', arguments: '{"steps": [' } };
		response.write(chunk({ tool_calls: [open] }));
		const piece = chunk({
			tool_calls: [{ index: 0, function: { arguments: '{"id": "again and again"}, '.repeat(150) } }],
		});
		while (!response.destroyed) {
			response.write(piece);
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
	},
	'unknown-capability': proposes([step({ capability: 'rocket.launch' })]),
	'wrong-arguments': proposes([step({ input: { text: 12, maxSentences: 'many' } })]),
	'no-json-arguments': writes('steps: sum it up, then tell me'),
	cycle: proposes([step({ id: 'a', dependsOn: ['b'] }), step({ id: 'b', dependsOn: ['a'] })]),
	'too-many-steps': proposes(Array.from({ length: 5_000 }, (_, at) => step({ id: `s${at}`, title: 'S', input: {} }))),
	'same-broken-plan': proposes([step({ input: { documents: [{ $from: 'nowhere' }] } })]),
	'ten-megabytes': ({ response }) => {
		begin(response);
		response.write(chunk({ content: 'x'.repeat(10_000_000) }));
		finish(response, 'stop');
	},
	'invalid-utf8': ({ response }) => {
		begin(response);
		const [before = '', after = ''] = chunk({ content: 'It is @ I think.' }).split('@');
		response.write(
			Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80]), Buffer.from(after)]),
		);
		finish(response, 'stop');
	},
	'html-page': sends('text/html', '<!doctype html><title>Sign in</title><p>Sign in to go on'),
	'bad-key': fails(401, {}, { code: 'invalid_api_key' }),
	'no-such-model': fails(404, {}, { code: 'model_not_found', message: 'The model rascal-1 does not exist' }),
	'plain-json': ({ response, good }) => {
		const toolCalls = typeof good === 'string' ? [] : [{ name: good.call, arguments: JSON.stringify(good.args) }];
		const message = {
			content: typeof good === 'string' ? good : null,
			tool_calls: toolCalls.map((call, index) => ({ id: `c${index}`, function: call })),
		};
		const usage = { prompt_tokens: 50, completion_tokens: 5 };
		const body = { model: 'rascal-1', choices: [{ message, finish_reason: 'stop' }], usage };
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(JSON.stringify(body));
	},
	'no-name': (call) => (call.plans ? calls(call.response, undefined, '{"steps": []}') : says(call)),
	'wrong-type': (call) => {
		call.response.setHeader('content-type', 'image/png');
		const write = call.response.writeHead.bind(call.response);
		call.response.writeHead = ((status: number) => write(status, { 'content-type': 'image/png' })) as typeof write;
		return says(call);
	},
};

/** LASTING_MISDEEDS are those that leave Errand without any answer, so that it takes the server for down after a while. */
export const LASTING_MISDEEDS: Readonly<Record<string, Misdeed>> = {
	'busy-for-an-hour': fails(429, { 'retry-after': '3600' }),
	busy: fails(429, { 'retry-after': '0' }),
	error: fails(500),
	overloaded: fails(503),
	reset: resets,
	hang: hangs,
	silence: fallsSilent,
	cut: cutsOff,
	'malformed-events': sends(
		'text/event-stream',
		'data: {"choices": [{"delta": {"content": "Pa\n\ndata: {{{\n\n: ?\n\n',
	),
	empty: ({ response }) => {
		begin(response);
		finish(response, 'stop');
	},
	nothing: sends('text/event-stream', ''),
	'malformed-body': sends('application/json', '{"choices": [{"message": {"content": "Par'),
};
