import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { HttpServices } from '../http/services.ts';
import { type Begun, beginTask } from './begin-task.ts';
import { isForced } from './chat-request.ts';
import { MODELS, type ModelName, modelNamed } from './models.ts';
import { type Ask, readAsk } from './read-ask.ts';
import type { Said } from './said.ts';

/** TASK_HEADER names the task of an answer; sent along with a request, it picks that task up instead of beginning one. */
export const TASK_HEADER = 'X-Errand-Task';

/** CompletionHeaders are the headers that mean something to both ways of asking. */
export const CompletionHeaders = z.object({
	'idempotency-key': z.string().min(1).max(200).optional().describe('The same key again means the same task.'),
	'x-errand-task': z
		.string()
		.min(1)
		.max(200)
		.transform(asTaskId)
		.optional()
		.describe('Picks up the answer of this task of yours; the messages are not looked at then.'),
});

/** CompletionCall is one request for an answer, read but for its API's own form. */
export interface CompletionCall {
	readonly principal: Principal;
	readonly request: Request;
	readonly response: Response;
	readonly body: { readonly model: string; readonly tool_choice?: Parameters<typeof isForced>[0] };
	readonly said: readonly Said[];
	/** The task whose conversation goes on, by its id. */
	readonly previous?: TaskId | undefined;
}

/** Started is the task an answer comes from, and how it is to be shown. */
export interface Started {
	readonly begun: Begun;
	readonly model: ModelName;
	/** Its draft is the answer itself. */
	readonly live: boolean;
	/** What went in, for an estimate of its cost. */
	readonly asked: string;
}

/** startAnswer begins, answers or picks up the task a request is about, durably, and names it in the answer's headers. */
export async function startAnswer(services: HttpServices, call: CompletionCall): Promise<Started> {
	const model = knownModel(call.body.model);
	const headers = parseInput(CompletionHeaders, call.request.headers, 'The headers');
	const asked = call.said.map(({ text }) => text).join('\n');
	const picked = headers['x-errand-task'];
	if (picked !== undefined) {
		const { id } = await services.tasks.view(call.principal, picked);
		call.response.setHeader(TASK_HEADER, id);
		return { begun: { task: picked, from: 0 }, model, live: false, asked };
	}
	const ask = readAsk(call.said, { quick: model === 'errand-quick' });
	if (ask === undefined || !isAnything(ask)) throw nothingAsked();
	const begun = await begin(services, call, { ask, idempotencyKey: headers['idempotency-key'] });
	call.response.setHeader(TASK_HEADER, begun.task);
	const note = isForced(call.body.tool_choice) ? { note: [begun.note, NO_TOOLS].filter(Boolean).join('\n\n') } : {};
	return { begun: { ...begun, ...note }, model, live: ask.goal.answerOnly !== undefined && begun.from === 0, asked };
}

const NO_TOOLS = '_This app wants one of its own tools called. Errand does not call them; it uses its own._';

async function begin(
	services: HttpServices,
	{ principal, request }: CompletionCall,
	wanted: { readonly ask: Ask; readonly idempotencyKey: string | undefined },
): Promise<Begun> {
	const { person } = principal;
	// As it was sent: what is decoded from it is several times as long when it is written out.
	const sent: unknown = request.body;
	const isRetry = Number(request.headers['x-stainless-retry-count'] ?? 0) > 0;
	const known = isRetry ? await services.retried.find(person, sent) : undefined;
	if (known !== undefined) return known;
	const begun = await beginTask(services, principal, wanted);
	if (request.headers['x-stainless-retry-count'] !== undefined) await services.retried.keep(person, sent, begun);
	return begun;
}

function isAnything({ goal }: Ask): boolean {
	return goal.goal.trim() !== '' || goal.attachments.length > 0;
}

function knownModel(name: string): ModelName {
	const model = modelNamed(name);
	if (model !== undefined) return model;
	throw new CoreError('not-found', `There is no model "${name.slice(0, 100)}".`, {
		hint: `Choose ${MODELS.join(' or ')}.`,
	});
}

function nothingAsked(): CoreError {
	return new CoreError('empty-goal', 'There is no message of the user in this conversation.', {
		hint: 'The last message with the role "user" is what is asked.',
	});
}
