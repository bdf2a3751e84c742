import type { Part } from '@a2a-js/sdk';
import type { GuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import type { AgentMessage } from '@errand/core/domain/agent/message.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { failureOf } from '@errand/core/domain/failure-of.ts';
import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import type { AgentParcel, CourierOutcome, IAgentCourier } from '@errand/core/ports/agent-courier.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import { GuardedClient } from './guarded-client.ts';
import { dataPart, RemoteConversation, textPart } from './remote-conversation.ts';
import { type RemoteTask, stateName, wordsIn } from './remote-task.ts';

interface Parts {
	readonly fetch: GuardedFetch;
	readonly clock: IClock;
}

/** One carriage; after that it is tried again, and finds what goes on there. */
const CARRY_MS = 30 * 60_000;
const MAX_CLIENTS = 100;
/** An answer is a message, too, and has no more room. */
const MAX_TEXT = 40_000;
const MAX_DATA = 16_000;

/** A2aCourier carries messages to agents over A2A: each becomes a task there, begun once, and what that gives is the answer. */
export class A2aCourier implements Pick<IAgentCourier, 'carry'> {
	readonly #parts: Parts;
	readonly #clients = new Map<string, GuardedClient>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async carry({ url, token, key, message, signal }: AgentParcel): Promise<CourierOutcome> {
		const late = new AbortController();
		const callOff = this.#parts.clock.after(CARRY_MS, () => late.abort(tooLate()));
		try {
			const { client } = await this.#clientOf(url, token).connect();
			const context = { answers: [], signal: AbortSignal.any([signal, late.signal]), progress: () => {} };
			const conversation = new RemoteConversation(client, context, () => {});
			const opening = { key, parts: partsOf(message), ...continued(message.payload) };
			return { kind: 'delivered', answer: answerOf(await conversation.drive(opening)) };
		} catch (error) {
			signal.throwIfAborted();
			return { kind: 'failed', failure: failureOf(late.signal.aborted ? late.signal.reason : error) };
		} finally {
			callOff();
		}
	}

	#clientOf(url: string, token: string | undefined): GuardedClient {
		const name = JSON.stringify([url, token]);
		const { fetch, clock } = this.#parts;
		const client = this.#clients.get(name) ?? new GuardedClient({ url, token, headers: {} }, fetch, clock);
		this.#clients.delete(name);
		this.#clients.set(name, client);
		const [oldest] = this.#clients.keys();
		if (this.#clients.size > MAX_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
		return client;
	}
}

/** Words as words; anything else as a value, after what the message is about. */
function partsOf({ type, payload }: AgentMessage): Part[] {
	if (typeof payload === 'string') return [textPart(payload.trim() === '' ? type : payload)];
	const text = isJsonObject(payload) ? payload['text'] : undefined;
	return [textPart(typeof text === 'string' && text.trim() !== '' ? text : type), dataPart(payload)];
}

/** A message may go on with what an answer before it named. */
function continued(payload: Json): { readonly taskId?: string; readonly contextId?: string } {
	if (!isJsonObject(payload)) return {};
	const { taskId, contextId } = payload as JsonObject & { readonly taskId?: Json; readonly contextId?: Json };
	return {
		...(typeof taskId === 'string' ? { taskId } : {}),
		...(typeof contextId === 'string' ? { contextId } : {}),
	};
}

function answerOf(task: RemoteTask): Json {
	const parts = task.artifacts.length > 0 ? task.artifacts.flatMap((one) => one.parts) : (task.said?.parts ?? []);
	const data = parts.flatMap(({ content }) => (content?.$case === 'data' ? [content.value as Json] : []));
	const links = parts.flatMap(({ content }) => (content?.$case === 'url' ? [content.value] : []));
	const { id: taskId, contextId } = task;
	return {
		state: stateName(task),
		text: wordsIn(parts).slice(0, MAX_TEXT),
		...(data.length > 0 && JSON.stringify(data).length <= MAX_DATA ? { data } : {}),
		...(links.length > 0 ? { links: links.slice(0, 20).map((link) => link.slice(0, 500)) } : {}),
		...{ taskId, contextId },
	};
}

function tooLate(): CoreError {
	return new CoreError('timed-out', `The agent has not ended its task within ${CARRY_MS / 60_000} minutes.`, {
		hint: 'It is asked again by itself.',
	});
}
