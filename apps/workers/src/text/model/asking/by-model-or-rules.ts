import { type CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';

/** Both ways to do the same work. */
export interface TwoWays<Output> {
	readonly model: Pick<RunModel, 'name'>;
	readonly byModel: () => Promise<Output>;
	readonly byRules: () => Output | Promise<Output>;
}

/**
 * byModelOrRules does the work with the model, and by rules with a warning where the model gives nothing usable. A run that
 * was cancelled or is over its budget ends as such: neither is the model's fault.
 */
export async function byModelOrRules<Output extends { readonly warnings: readonly string[] }>({
	model,
	byModel,
	byRules,
}: TwoWays<Output>): Promise<Output> {
	try {
		return await byModel();
	} catch (error) {
		const failed = modelFailure(error, model);
		if (failed === undefined) throw error;
		const output = await byRules();
		// What passes by itself needs nobody; a key or an address that is not taken does.
		const advice = isCoreError(error, 'model-refused') ? ` ${error.hint}` : '';
		return { ...output, warnings: [...output.warnings, `${failed}: this was done by rules.${advice}`] };
	}
}

/** modelFailure says in words how the model failed, and why where the provider tells; undefined where something else ended the work. */
export function modelFailure(error: unknown, { name }: Pick<RunModel, 'name'>): string | undefined {
	if (!isModelFailure(error)) return undefined;
	const tells = error.code !== 'model-reply' && error.message.startsWith('The language model ');
	return tells ? error.message.replace(/\.$/, '') : `The language model ${name} ${HOW[error.code]}`;
}

/** isModelFailure tells an error that is the model's alone from what ends the whole run: its cancelling, or its budget. */
export function isModelFailure(error: unknown): error is CoreError {
	return isCoreError(error) && error.code in HOW;
}

const HOW: Partial<Record<CoreError['code'], string>> = {
	'model-unavailable': 'did not answer',
	'model-refused': 'refused',
	'model-reply': 'gave no usable reply',
};
