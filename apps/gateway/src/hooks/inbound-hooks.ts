import {
	type CheckedCall,
	checkErrand,
	checkGitHub,
	checkStandard,
	type IncomingCall,
} from '@errand/core/adapters/webhook/check-signature.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { eventName } from '@errand/core/domain/hook/goal-of-call.ts';
import { isJsonObject } from '@errand/core/domain/json.ts';
import type { IHookCalls, KnownHook } from '@errand/core/orchestrator/desks/hooks.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { WebhookHandler, WebhookRequest, WebhookResponse } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { readPayload } from './read-payload.ts';

/** HookOutcome is what became of a call, for the metrics. */
export type HookOutcome = 'task' | 'duplicate' | 'ignored' | 'ping' | 'refused' | 'malformed';

interface Parts {
	readonly hooks: IHookCalls;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly count: (outcome: HookOutcome) => void;
}

/** HOOKS_PATH is where hooks are called. */
export const HOOKS_PATH = '/hooks/*';

/**
 * inboundHooks takes the calls of `POST /hooks/<name>`. Whoever cannot prove who they are learns nothing: not whether there
 * is such a hook, nor what was wrong. A task is told of only when it is durable.
 */
export function inboundHooks({ hooks, clock, log, count }: Parts): WebhookHandler {
	return async (request) => {
		const name = /^\/hooks\/([a-z0-9][a-z0-9_-]{0,63})(?:\?|$)/.exec(request.url)?.[1];
		const hook = name === undefined ? undefined : await hooks.find(name);
		const checked = check(hook, { ...request, now: clock.now() });
		if (name === undefined || hook === undefined || !checked.ok) {
			count('refused');
			const why = hook === undefined ? 'unknown-hook' : checked.ok ? '' : checked.why;
			log.warn('hook refused', { ...(hook === undefined ? {} : { hook: name }), why });
			throw refusal();
		}
		const event = hook.kind === 'github' ? checked.event : undefined;
		if (event === 'ping') {
			count('ping');
			return answer(200, { pong: true });
		}
		const call = readCall(request, () => count('malformed'));
		const named = event === undefined ? eventIn(call.payload) : eventName(event, call.payload);
		const taken = await hooks.take(name, { id: checked.id, ...call, ...(named === undefined ? {} : { event: named }) });
		if (taken.kind === 'ignored') {
			count('ignored');
			return answer(200, { ignored: taken.why });
		}
		const { id, duplicate } = taken;
		count(duplicate ? 'duplicate' : 'task');
		log.info('hook taken', { hook: name, task: id, duplicate });
		return duplicate ? answer(200, { id, duplicate }) : answer(202, { id }, { Location: `/v1/tasks/${id}` });
	};
}

const CHECKS = { github: checkGitHub, standard: checkStandard, generic: checkErrand } as const;

/** A name nobody has is checked as well, against a key nobody has, so that it takes as long to refuse. */
function check(hook: KnownHook | undefined, call: IncomingCall): CheckedCall {
	return CHECKS[hook?.kind ?? kindByHeaders(call)](call, hook?.secrets ?? []);
}

function kindByHeaders({ headers }: IncomingCall): KnownHook['kind'] {
	if (headers['x-hub-signature-256'] !== undefined) return 'github';
	return headers['webhook-signature'] === undefined ? 'generic' : 'standard';
}

function readCall(request: WebhookRequest, malformed: () => void) {
	try {
		return readPayload(request);
	} catch (error) {
		malformed();
		throw error;
	}
}

/** Standard Webhooks name the event in the payload. */
function eventIn(payload: unknown): string | undefined {
	const type = isJsonObject(payload) ? payload['type'] : undefined;
	return typeof type === 'string' ? type.slice(0, 100) : undefined;
}

function refusal(): CoreError {
	return new CoreError('unauthorized', 'The call was not accepted.', {
		hint: 'Check the address, the secret, and the clock of the caller.',
	});
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WebhookResponse {
	return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
