import { CoreError, isCoreError } from '../../domain/errors.ts';
import { redactText } from '../../domain/redact.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE, usageOf, withUsage } from '../../domain/task/usage.ts';
import type { ModelCaller } from '../../ports/language-model.ts';
import { signsOf } from '../model-fault.ts';
import { pause } from '../pause.ts';
import { useOf } from './call-book.ts';
import type { ModelStand } from './model-stand.ts';
import type { Routing } from './routing.ts';

/** Vectors is one vector for each text, in order, and what they cost. */
export interface Vectors {
	readonly vectors: readonly (readonly number[])[];
	readonly usage: Usage;
}

/**
 * embedVia has one model make vectors, tried again within bounds. It never goes on to another model: vectors of two models
 * cannot be compared.
 */
export async function embedVia(
	stand: ModelStand,
	texts: readonly string[],
	{
		routing,
		secrets,
		signal,
		caller,
	}: {
		readonly routing: Routing;
		readonly secrets: readonly string[];
		readonly signal: AbortSignal;
		readonly caller: ModelCaller | undefined;
	},
): Promise<Vectors> {
	const { clock, chance, budgets } = routing;
	const reading = budgets.ready(caller?.person);
	if (reading !== undefined) await reading;
	const safe = secrets.length === 0 ? texts : texts.map((text) => redactText(text, secrets));
	let spent = NO_USAGE;
	for (let tried = 0; ; tried += 1) {
		const left = budgets.left(caller?.person);
		if (left !== undefined && left.atMostMicroUsd <= 0 && costs(stand)) throw withUsage(left.over(), spent);
		try {
			const { vectors, usage } = await embedOnce(stand, safe, { routing, signal, caller });
			return { vectors, usage: addUsage(spent, usage) };
		} catch (error) {
			spent = addUsage(spent, usageOf(error) ?? NO_USAGE);
			const { retryAfterMs, tries = MAX_TRIES } = signsOf(error);
			const base = WAITS_MS[tried];
			const waitMs = retryAfterMs ?? (base === undefined ? undefined : base * (0.8 + 0.4 * chance()));
			const mayRetry = isCoreError(error, 'model-unavailable') && tried + 1 < Math.min(tries, MAX_TRIES);
			if (!mayRetry || waitMs === undefined || waitMs > MAX_WAIT_MS) throw withUsage(error, spent);
			await pause(waitMs, { clock, signal, name: stand.name });
		}
	}
}

const MAX_TRIES = 3;
const WAITS_MS = [500, 2_000];
const MAX_WAIT_MS = 24_000;
const CHARS_PER_TOKEN = 4;

async function embedOnce(
	stand: ModelStand,
	texts: readonly string[],
	{ routing, signal, caller }: { routing: Routing; signal: AbortSignal; caller: ModelCaller | undefined },
): Promise<Vectors> {
	const { clock, book, budgets } = routing;
	const tokens = Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / CHARS_PER_TOKEN);
	const release = budgets.reserve(caller?.person, 0);
	const turn = await stand.gate.enter({ person: caller?.person ?? '', tokens, signal });
	const at = clock.now();
	const purpose = 'embed';
	const reason = 'vectors are made by one model';
	const write = (usage: Usage, error?: CoreError) => {
		const outcome = error === undefined ? 'ok' : error.code === 'cancelled' ? 'cancelled' : 'failed';
		const call = { at, ms: clock.now() - at, inputTokens: usage.tokens, cachedTokens: 0, outputTokens: 0 };
		book.writeEmbedding({ ...call, microUsd: usage.microUsd, outcome, error: error?.code, stand }, { caller, reason });
		release(usage.microUsd);
		turn.leave(error === undefined ? usage.tokens : undefined);
	};
	try {
		const { vectors, usage } = await stand.routed.model.embed(texts, { signal, caller });
		write(usage);
		return { vectors, usage: useOf({ name: stand.name, purpose, reason, usage }) };
	} catch (error) {
		const known = isCoreError(error)
			? error
			: new CoreError('model-unavailable', 'No vectors came.', { hint: 'Try again.', cause: error });
		write(usageOf(error) ?? NO_USAGE, known);
		throw known;
	}
}

function costs({ routed: { price } }: ModelStand): boolean {
	return price === undefined || price.input > 0;
}
