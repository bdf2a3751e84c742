import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { usageOf } from '../../domain/task/usage.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ModelReply, ModelRequest } from '../../ports/language-model.ts';
import type { ModelCall } from '../../ports/model-ledger.ts';
import { signsOf } from '../model-fault.ts';
import { microUsdOf } from '../token-price.ts';
import type { ModelChoice } from './choose-models.ts';
import type { ModelStand } from './model-stand.ts';
import type { RequestSize } from './request-size.ts';

/** TryEnd is how one call to one model ended, and what it cost. */
export interface TryEnd {
	readonly stand: ModelStand;
	readonly choice: ModelChoice;
	readonly usage: Usage;
	/** The call was made, not only waited for. */
	readonly made: boolean;
	readonly end: { readonly reply: ModelReply } | { readonly error: CoreError };
}

/** Asking is one call to one model. */
export interface Asking {
	readonly stand: ModelStand;
	readonly choice: ModelChoice;
	readonly request: ModelRequest;
	readonly size: RequestSize;
	readonly clock: IClock;
	readonly signal: AbortSignal;
	/** Another model would rather be asked than this one waited for. */
	readonly isImpatient: boolean;
	readonly onText: (piece: string) => void;
	readonly onRestart: () => void;
	/** Hears what the call was, once it is over; not where it was never made. */
	readonly onCall: (call: CallMade) => void;
}

/** CallMade is what the ledger is told of a call. */
export interface CallMade
	extends Pick<
		ModelCall,
		'at' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'microUsd' | 'ms' | 'firstMs' | 'outcome' | 'error'
	> {
	readonly stand: ModelStand;
	readonly choice: ModelChoice;
	readonly reply?: ModelReply | undefined;
}

/** tryOnce waits for its turn and asks one model, once; what an answer or a refusal shows of the model is noted. It never rejects. */
export async function tryOnce(asking: Asking): Promise<TryEnd> {
	const { stand, choice, request, size, clock, signal, isImpatient } = asking;
	const over = (end: TryEnd['end'], usage: Usage): TryEnd => ({ stand, choice, usage, end, made: true });
	const tokens = size.tokens + choice.maxTokens;
	let turn = stand.gate.tryEnter(tokens);
	if (turn === undefined) {
		const waited = stand.waits();
		try {
			turn = await stand.gate.enter({ person: request.caller?.person ?? '', tokens, signal, isImpatient });
		} catch (error) {
			return { ...over({ error: asCoreError(error) }, NOTHING), made: false };
		} finally {
			waited();
		}
	}
	const ran = stand.runs();
	const at = clock.now();
	let firstMs: number | undefined;
	const sinceStart = () => clock.now() - at;
	const bounded = request.maxTokens === choice.maxTokens ? request : { ...request, maxTokens: choice.maxTokens };
	let real: number | undefined;
	try {
		const onText = (piece: string) => {
			firstMs ??= sinceStart();
			asking.onText(piece);
		};
		const reply = await stand.routed.model.reply(bounded, { signal, onText, onRestart: asking.onRestart });
		const ms = sinceStart();
		stand.answeredWell(firstMs ?? ms);
		stand.gate.answered();
		const { usage } = reply;
		real = usage.tokens;
		const split = reply.tokens ?? splitOf(usage, size);
		asking.onCall({ ...called(split), stand, choice, at, ms, firstMs, microUsd: usage.microUsd, outcome: 'ok', reply });
		return over({ reply }, usage);
	} catch (thrown) {
		const error = asCoreError(thrown);
		const isOff = error.code === 'cancelled';
		noteRefusal(asking, error);
		const usage = usageOf(thrown) ?? (isOff ? askedInVain(stand, size) : NOTHING);
		real = usage.tokens;
		asking.onCall({
			...called(splitOf(usage, size)),
			stand,
			choice,
			at,
			ms: sinceStart(),
			firstMs,
			microUsd: usage.microUsd,
			outcome: isOff ? 'cancelled' : 'failed',
			error: error.code,
		});
		return over({ error }, usage);
	} finally {
		ran();
		turn.leave(real);
	}
}

const NOTHING: Usage = { tokens: 0, microUsd: 0 };

function called({ input, cached, output }: { input: number; cached: number; output: number }) {
	return { inputTokens: input, cachedTokens: cached, outputTokens: output };
}

/** Where only the sum is known. */
function splitOf({ tokens }: Usage, size: RequestSize): { input: number; cached: number; output: number } {
	const input = Math.min(tokens, size.tokens);
	return { input, cached: 0, output: tokens - input };
}

/** Providers are paid for what they read, whether or not anybody waits for the answer; what costs nothing is not counted. */
function askedInVain({ routed: { price } }: ModelStand, { tokens }: RequestSize): Usage {
	if (price === undefined || price.input === 0) return NOTHING;
	return { tokens, microUsd: microUsdOf({ input: tokens, cached: 0, output: 0 }, price) };
}

function asCoreError(error: unknown): CoreError {
	if (isCoreError(error)) return error;
	return new CoreError('model-unavailable', `The language model failed: ${describeError(error)}.`, {
		hint: 'Look at the log of the server. Errand tries again by itself.',
		cause: error,
	});
}

/** noteFailure counts a call that got no answer against the model; one that is only busy has not failed. */
export function noteFailure(stand: ModelStand, error: CoreError): void {
	const { status, line = false } = signsOf(error);
	if (error.code !== 'model-unavailable' || status === BUSY) return;
	stand.failed({ trouble: error.message, cause: line ? 'line' : 'reply' });
}

/** What a refusal shows of the model: nothing where the request alone was at fault. */
function noteRefusal({ stand, request: { tools } }: Asking, error: CoreError): void {
	const { status, retryAfterMs } = signsOf(error);
	const trouble = error.message;
	if (error.code === 'model-refused') {
		// No other request fares better with this key, account or name.
		if (status !== undefined && UNTAKEN.includes(status)) stand.failed({ trouble, cause: 'refusal' });
		else if (tools !== undefined && TOOL_WORDS.test(trouble)) stand.refusedTools();
		return;
	}
	if (error.code === 'model-unavailable' && status === BUSY) stand.gate.tooMuch(retryAfterMs);
}

const BUSY = 429;
const UNTAKEN: readonly number[] = [401, 402, 403, 404, 429];
/** Servers say so in many ways: "does not support tools", "tools param requires --jinja", "requires --enable-auto-tool-choice". */
const TOOL_WORDS = /\btools?\b|tool[-_ ]?(?:choice|call)|function[-_ ]call/i;
