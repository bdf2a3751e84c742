import { CoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import { problemOf } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { HttpServices } from '../http/services.ts';
import { streamAnswer } from './answer-stream.ts';
import { answerText } from './answer-text.ts';
import { answered } from './answered.ts';
import { NOBODY, waitingFor } from './chat-routes.ts';
import { type CompletionCall, CompletionHeaders, type Started, startAnswer, TASK_HEADER } from './completion-call.ts';
import { taskOfCompletion } from './completion-id.ts';
import { EventStream } from './event-stream.ts';
import { holdAnswer } from './held-answer.ts';
import { openAiError } from './openai-error.ts';
import { earlierTurns } from './previous-response.ts';
import { endOf, type ResponseHead, responseBody } from './response-body.ts';
import { ResponseEvents } from './response-events.ts';
import { inputOf, type ResponseRequest, ResponseRequestSchema } from './response-request.ts';

const ResponseSchema = z
	.looseObject({ id: z.string(), object: z.literal('response'), status: z.string(), model: z.string() })
	.describe("A response in OpenAI's form.");
const IdParams = z.object({ id: z.string().min(1).max(200) });
const StreamQuery = z.looseObject({ stream: z.enum(['true', 'false']).optional() });

/** RESPONSE_ROUTES are OpenAI's responses. */
export const RESPONSE_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/responses',
			operationId: 'createResponse',
			summary: 'Ask in the form of OpenAI’s responses: streamed, in the background, or neither.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			headers: CompletionHeaders,
			body: ResponseRequestSchema,
			bodyLimit: INBOUND_LIMITS.bodyBytes,
			responses: {
				200: {
					description: 'The response; `X-Errand-Task` names its task. As a stream: numbered events.',
					schema: ResponseSchema,
					types: ['text/event-stream'],
				},
			},
			errors: ['empty-goal', 'too-large', 'not-found', 'unknown-task', 'unsupported-type', 'disk-full', 'timed-out'],
		},
		async (services, { caller: { principal }, body, request, response }) => {
			const previous = body.previous_response_id ?? undefined;
			const before = previous === undefined ? [] : await earlierTurns(services, principal, taskNamed(previous));
			const call: CompletionCall = { principal, request, response, body, said: [...before, ...inputOf(body)] };
			const started = await startAnswer(services, call);
			const head = headOf(body, started, services.clock.now());
			if (body.stream === true) {
				await streamResponse(services, call, started, head);
				return 'written';
			}
			if (body.background === true) return { status: 200, json: responseBody(head, { status: 'queued' }) };
			const thoughts: string[] = [];
			const sink = { ...NOBODY, thought: (text: string) => void thoughts.push(text) };
			const done = await holdAnswer(services, response, { ...waitingFor(services, call, started), sink });
			if (done === undefined) return 'written';
			return { status: 200, json: responseBody(head, endOf(done.view, { ...done, thoughts: thoughts.join('') })) };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/responses/:id',
			operationId: 'getResponse',
			summary: 'A response by its id; with `stream=true` its events from the beginning.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			params: IdParams,
			query: StreamQuery,
			responses: {
				200: { description: 'The response as it is now.', schema: ResponseSchema, types: ['text/event-stream'] },
			},
			errors: ['not-found', 'unknown-task'],
		},
		async (services, { caller: { principal }, params, query, request, response }) => {
			const task = taskNamed(params.id);
			const view = await services.tasks.view(principal, task);
			response.setHeader(TASK_HEADER, task);
			if (query.stream !== 'true') return { status: 200, json: storedResponse(services, view, task) };
			const started: Started = { begun: { task, from: 0 }, model: 'errand', live: false, asked: view.goal };
			const call: CompletionCall = { principal, request, response, body: { model: 'errand' }, said: [] };
			await streamResponse(services, call, started, storedHead(view, task));
			return 'written';
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/responses/:id/cancel',
			operationId: 'cancelResponse',
			summary: 'Cancel the task of a response.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			params: IdParams,
			responses: { 200: { description: 'The response as it is then.', schema: ResponseSchema } },
			errors: ['not-found', 'unknown-task'],
		},
		async (services, { caller: { principal }, params }) => {
			const task = taskNamed(params.id);
			await cancelIfOpen(services, principal, task);
			return { status: 200, json: storedResponse(services, await services.tasks.view(principal, task), task) };
		},
	),
];

async function cancelIfOpen({ tasks }: HttpServices, principal: Principal, task: TaskId): Promise<void> {
	const { endedAt } = await tasks.view(principal, task);
	if (endedAt === undefined) await tasks.cancel(principal, task);
}

async function streamResponse(
	services: HttpServices,
	call: CompletionCall,
	started: Started,
	head: ResponseHead,
): Promise<void> {
	const stream = new EventStream(call.response, services);
	const events = new ResponseEvents(head, (event) => stream.send(event, event.type));
	try {
		events.begin();
		const done = await streamAnswer(
			{ ...waitingFor(services, call, started), signal: stream.signal },
			{
				thought: (text) => events.thought(text),
				text: (text) => {
					if (text !== '') events.text(text);
				},
			},
		);
		if (done === undefined) return;
		events.end(done.view, done);
	} catch (error) {
		events.fail(openAiError(problemOf(error)).error);
	}
	stream.end();
}

function headOf(body: ResponseRequest, { begun, model }: Started, now: number): ResponseHead {
	return {
		begun,
		model,
		createdAt: now,
		instructions: body.instructions ?? null,
		metadata: Object.fromEntries(
			Object.entries(body.metadata ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		),
		previous: body.previous_response_id ?? null,
		background: body.background === true,
	};
}

function storedHead(view: TaskView, task: TaskId): ResponseHead {
	const begun = { task, from: 0 };
	const nothing = { instructions: null, metadata: {}, previous: null, background: false };
	return { begun, model: 'errand', createdAt: view.createdAt, ...nothing };
}

function storedResponse({ origins }: HttpServices, view: TaskView, task: TaskId) {
	const said = answered(view, { asked: view.goal, text: answerText(view, origins.address()) });
	return responseBody(storedHead(view, task), endOf(view, said));
}

function taskNamed(id: string): TaskId {
	const task = taskOfCompletion('response', id);
	if (task !== undefined) return task;
	throw new CoreError('not-found', `There is no response "${id.slice(0, 100)}".`, {
		hint: 'Its id begins with resp_.',
	});
}
