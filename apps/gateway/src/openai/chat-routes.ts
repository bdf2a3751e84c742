import { CoreError } from '@errand/core/domain/errors.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import { problemOf } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { HttpServices } from '../http/services.ts';
import { type AnswerSink, streamAnswer } from './answer-stream.ts';
import { answerText } from './answer-text.ts';
import { answered } from './answered.ts';
import { chatChunk, chatCompletion, type Head, unfinishedCompletion } from './chat-body.ts';
import { ChatRequestSchema, conversationOf } from './chat-request.ts';
import { type CompletionCall, CompletionHeaders, type Started, startAnswer, TASK_HEADER } from './completion-call.ts';
import { taskOfCompletion } from './completion-id.ts';
import { EventStream } from './event-stream.ts';
import { holdAnswer } from './held-answer.ts';
import { openAiError } from './openai-error.ts';

const ChatCompletionSchema = z
	.looseObject({ id: z.string(), object: z.literal('chat.completion'), created: z.int(), model: z.string() })
	.describe("A chat completion in OpenAI's form.");
const IdParams = z.object({ id: z.string().min(1).max(200) });

/** CHAT_ROUTES are OpenAI's chat completions. */
export const CHAT_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/chat/completions',
			operationId: 'createChatCompletion',
			summary: 'Ask in the form of OpenAI’s chat completions, streamed or not.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			headers: CompletionHeaders,
			body: ChatRequestSchema,
			bodyLimit: INBOUND_LIMITS.bodyBytes,
			responses: {
				200: {
					description: 'The answer; `X-Errand-Task` names its task. As a stream: chunks, then `[DONE]`.',
					schema: ChatCompletionSchema,
					types: ['text/event-stream'],
				},
			},
			errors: ['empty-goal', 'too-large', 'not-found', 'unknown-task', 'unsupported-type', 'disk-full', 'timed-out'],
		},
		async (services, { caller: { principal }, body, request, response }) => {
			const call: CompletionCall = { principal, request, response, body, said: conversationOf(body) };
			const started = await startAnswer(services, call);
			const head = { begun: started.begun, model: started.model, createdAt: services.clock.now() };
			if (body.stream === true) {
				const withUsage = body.stream_options?.include_usage === true;
				await streamChat(services, call, started, { head, withUsage });
				return 'written';
			}
			const done = await holdAnswer(services, response, { ...waitingFor(services, call, started), sink: NOBODY });
			return done === undefined ? 'written' : { status: 200, json: chatCompletion(head, done.text, done.usage) };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/chat/completions/:id',
			operationId: 'getChatCompletion',
			summary: 'An answer by its id, for who lost the line.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			params: IdParams,
			responses: {
				200: { description: 'The answer, or the question it waits with.', schema: ChatCompletionSchema },
				202: { description: 'The task is still at work.', schema: ChatCompletionSchema },
			},
			errors: ['not-found', 'unknown-task'],
		},
		async ({ tasks, origins }, { caller: { principal }, params }) => {
			const task = taskOfCompletion('chat', params.id);
			if (task === undefined) throw unknownCompletion(params.id);
			const view = await tasks.view(principal, task);
			const head: Head = { begun: { task, from: 0 }, model: 'errand', createdAt: view.createdAt };
			const headers = { [TASK_HEADER]: task };
			if (view.endedAt === undefined && view.questions.length === 0) {
				return { status: 202, headers, json: unfinishedCompletion(head) };
			}
			const { text, usage } = answered(view, { asked: view.goal, text: answerText(view, origins.address()) });
			return { status: 200, headers, json: chatCompletion(head, text, usage) };
		},
	),
];

/** NOBODY takes an answer that is wanted whole. */
export const NOBODY: AnswerSink = { thought: () => {}, text: () => {} };

/** waitingFor is what it takes to wait for an answer. */
export function waitingFor(
	{ tasks, origins }: HttpServices,
	{ principal }: CompletionCall,
	{ begun, live, asked }: Started,
) {
	return { desk: tasks, principal, begun, live, asked, address: origins.address() };
}

async function streamChat(
	services: HttpServices,
	call: CompletionCall,
	started: Started,
	{ head, withUsage }: { readonly head: Head; readonly withUsage: boolean },
): Promise<void> {
	const stream = new EventStream(call.response, services);
	const send = (piece: Parameters<typeof chatChunk>[1]) => stream.send(chatChunk(head, piece, { withUsage }));
	try {
		send({ kind: 'begin' });
		const done = await streamAnswer(
			{ ...waitingFor(services, call, started), signal: stream.signal },
			{
				thought: (text) => send({ kind: 'thought', text }),
				text: (text) => {
					if (text !== '') send({ kind: 'text', text });
				},
			},
		);
		if (done === undefined) return;
		send({ kind: 'end' });
		if (withUsage) send({ kind: 'usage', usage: done.usage });
	} catch (error) {
		stream.send(openAiError(problemOf(error)));
	}
	stream.send('[DONE]');
	stream.end();
}

function unknownCompletion(id: string): CoreError {
	return new CoreError('not-found', `There is no completion "${id.slice(0, 100)}".`, {
		hint: 'Its id begins with chatcmpl-; its task is named by the header X-Errand-Task.',
	});
}
