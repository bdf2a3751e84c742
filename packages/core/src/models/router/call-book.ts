import { randomUUID } from 'node:crypto';
import { redactText } from '../../domain/redact.ts';
import type { ModelUse, Usage } from '../../domain/task/facts.ts';
import type { Complexity, ModelCaller, ModelMessage, ModelReply, ModelRequest } from '../../ports/language-model.ts';
import type { IModelLedger, ModelTranscript } from '../../ports/model-ledger.ts';
import type { ModelStand } from './model-stand.ts';
import type { CallMade } from './one-try.ts';

/** CallBook writes calls into the ledger, whole where they are audited, without secrets. */
export class CallBook {
	readonly #ledger: IModelLedger;
	readonly #keepMs: number | undefined;
	readonly #secrets: readonly string[];

	constructor(parts: {
		readonly ledger: IModelLedger;
		readonly keepDays: number | undefined;
		readonly secrets: readonly string[];
	}) {
		this.#ledger = parts.ledger;
		this.#keepMs = parts.keepDays === undefined ? undefined : parts.keepDays * DAY_MS;
		this.#secrets = parts.secrets;
	}

	write({ stand, reply, choice: _choice, ...made }: CallMade, { request, complexity, reason }: Asked): void {
		const { caller, purpose } = request;
		const call = { ...made, ...idOf(stand), ...callerOf(caller), purpose, complexity, reason };
		this.#ledger.record(call, this.#transcript(request, reply, made.at));
	}

	writeEmbedding({ stand, ...made }: Omit<CallMade, 'choice' | 'reply'>, { caller, reason }: Embedded): void {
		const call = { ...made, ...idOf(stand), ...callerOf(caller), purpose: 'embed', complexity: 'simple' as const };
		this.#ledger.record({ ...call, reason });
	}

	#transcript(request: ModelRequest, reply: ModelReply | undefined, at: number): ModelTranscript | undefined {
		if (this.#keepMs === undefined || reply === undefined) return undefined;
		const { messages, output, tools, maxTokens } = request;
		const { text, toolCalls, finish, model } = reply;
		return {
			request: JSON.stringify({ messages: messages.map(withoutPictures), output, tools, maxTokens }),
			reply: redactText(JSON.stringify({ model, finish, text, toolCalls }), this.#secrets),
			until: at + this.#keepMs,
		};
	}
}

/** Asked is for what a call was made. */
export interface Asked {
	readonly request: ModelRequest;
	readonly complexity: Complexity;
	readonly reason: string;
}

interface Embedded {
	readonly caller: ModelCaller | undefined;
	readonly reason: string;
}

/** useOf is a call as a task's facts tell of it. */
export function useOf({
	name,
	purpose,
	reason,
	usage,
	calls = 1,
}: {
	name: string;
	purpose: string;
	reason: string;
	usage: Usage;
	calls?: number;
}): Usage {
	const { tokens, microUsd } = usage;
	const use: ModelUse = { model: name, purpose, reason, calls, tokens, microUsd };
	return { tokens, microUsd, models: [use] };
}

function idOf({ routed: { name, provider } }: ModelStand) {
	const prefix = `${provider}/`;
	return { id: randomUUID(), provider, model: name.startsWith(prefix) ? name.slice(prefix.length) : name };
}

function callerOf(caller: ModelCaller | undefined) {
	return { person: caller?.person, taskId: caller?.taskId, stepId: caller?.stepId };
}

const DAY_MS = 86_400_000;

function withoutPictures(message: ModelMessage): unknown {
	if (message.role !== 'user' || message.images === undefined) return message;
	return { ...message, images: message.images.map(({ type, base64 }) => `${type}, ${base64.length} characters`) };
}
