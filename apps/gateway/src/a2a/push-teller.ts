import type { GuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import type { StepFailure } from '@errand/core/domain/capability.ts';
import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IExchangeTeller, Telling } from '@errand/core/ports/exchange-teller.ts';
import type { PostOutcome } from '@errand/core/ports/webhook-sender.ts';

const TIMEOUT_MS = 15_000;
const GONE = 410;

/** PushTeller posts how tasks stand as A2A 1.0 says: a status update in JSON, with the token that the client gave. */
export class PushTeller implements IExchangeTeller {
	readonly #fetch: GuardedFetch;
	readonly #check: (url: string) => void;

	constructor(options: { fetch: GuardedFetch; check: (url: string) => void }) {
		this.#fetch = options.fetch;
		this.#check = options.check;
	}

	check(url: string): void {
		this.#check(url);
	}

	async tell({ url, exchange, view, token, authorization, signal }: Telling): Promise<PostOutcome> {
		const late = AbortSignal.timeout(TIMEOUT_MS);
		try {
			const [{ TaskStatusUpdateEvent }, { shownStatus }] = await Promise.all([
				import('@a2a-js/sdk'),
				import('./shown-task.ts'),
			]);
			const place = { id: view.id, contextId: exchange.context };
			const status = shownStatus(view, place, view.endedAt ?? Date.now());
			const update = { taskId: place.id, contextId: place.contextId, status, metadata: undefined };
			const response = await this.#fetch(url, {
				method: 'POST',
				headers: {
					'content-type': 'application/a2a+json',
					'user-agent': 'Errand-A2A',
					...(token === undefined ? {} : { 'x-a2a-notification-token': token }),
					...(authorization === undefined ? {} : { authorization }),
				},
				body: JSON.stringify({ statusUpdate: TaskStatusUpdateEvent.toJSON(update) }),
				redirect: 'manual',
				signal: AbortSignal.any([signal, late]),
			});
			await response.body?.cancel();
			if (response.ok) return { kind: 'delivered', status: response.status };
			const failure: StepFailure = {
				...{ kind: 'retryable', code: `http-${response.status}` },
				message: `The receiver answered ${response.status}.`,
			};
			return { kind: 'failed', failure, gone: response.status === GONE };
		} catch (error) {
			signal.throwIfAborted();
			return { kind: 'failed', failure: failureOf(error), gone: false };
		}
	}
}

function failureOf(error: unknown): StepFailure {
	if (!isCoreError(error)) return { kind: 'retryable', code: 'fetch-failed', message: describeError(error) };
	const { code, message } = error;
	return { kind: code === 'address-refused' ? 'permanent' : 'retryable', code, message };
}
