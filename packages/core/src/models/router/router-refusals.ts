import { CoreError } from '../../domain/errors.ts';
import type { PassedOver } from './choose-models.ts';
import type { BudgetLeft } from './day-budgets.ts';
import type { ModelStand } from './model-stand.ts';

/** Refusal is a request that no model can take, and why not. */
interface Refusal {
	readonly passed: readonly PassedOver[];
	/** Of all models that chat. */
	readonly names: readonly string[];
	readonly wanted?: string | undefined;
	/** The budget of the day that leaves least, where that is less than the task's own. */
	readonly day?: BudgetLeft | undefined;
}

/** noneSuits says why no model was asked: budget, pictures, or a name that is not known. */
export function noneSuits({ passed, names, wanted, day }: Refusal): CoreError {
	const over = (why: PassedOver['why']) => passed.some((one) => one.why === why);
	if (over('over-budget')) return day?.over() ?? overTask();
	if (over('no-images')) {
		return new CoreError('model-refused', 'None of the language models that could be asked looks at pictures.', {
			hint: 'Add a model that does to ERRAND_MODELS (images: true), or leave the pictures out.',
		});
	}
	if (wanted !== undefined) {
		return new CoreError('model-refused', `There is no language model “${wanted}” here.`, {
			hint: names.length === 0 ? NO_MODEL_HINT : `These are: ${names.slice(0, MAX_NAMES).join(', ')}.`,
		});
	}
	return new CoreError('model-refused', 'There is no language model here that could be asked.', {
		hint: NO_MODEL_HINT,
	});
}

/** allResting says that the models that could be asked failed before or are busy, and when they are tried again. */
export function allResting(
	stands: readonly Pick<ModelStand, 'name' | 'trouble' | 'gate'>[],
	waitMs: number,
): CoreError {
	const [first] = stands;
	const isBusy = stands.some(({ gate }) => gate.shutUntil > 0);
	const who = stands.length === 1 ? `The language model ${first?.name}` : `Each of ${stands.length} language models`;
	const why = isBusy ? 'is busy (429) or failed several times in a row' : 'failed several times in a row';
	const last = first?.trouble === undefined ? '' : ` The last failure: ${first.trouble}`;
	const error = new CoreError(
		'model-unavailable',
		`${who} ${why} and is not asked for the next ${Math.max(1, Math.ceil(waitMs / 1_000))} s.${last}`,
		{ hint: 'See /model for what troubles them. Errand tries again by itself.' },
	);
	return Object.assign(error, { retryAfterMs: Math.max(0, waitMs) });
}

/** allFailed is the error of the model that suited best, and who else was asked in vain. */
export function allFailed(error: CoreError, failed: readonly string[]): CoreError {
	if (failed.length < 2) return error;
	const [, ...others] = failed;
	const more = `Then ${others.slice(0, MAX_NAMES).join(', ')} failed, too.`;
	const told = new CoreError(error.code, `${error.message} ${more}`, { hint: error.hint, cause: error });
	return Object.assign(told, 'retryAfterMs' in error ? { retryAfterMs: error.retryAfterMs } : {});
}

const NO_MODEL_HINT = 'Set OPENAI_API_KEY or OPENAI_BASE_URL, or name providers in ERRAND_MODELS.';
const MAX_NAMES = 8;

function overTask(): CoreError {
	return new CoreError(
		'over-budget',
		'What is left of the budget of this task is too little to ask a language model.',
		{
			hint: 'Raise the budget to go on, or cancel the task.',
		},
	);
}
