import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { ToldError } from './protocol.ts';

/** toldError makes of anything thrown what can travel between processes; what nobody foresaw is a fault of the browser. */
export function toldError(error: unknown): ToldError {
	const { code, message, hint } = isCoreError(error) ? error : browserFailed(firstLine(error));
	return { code, message, hint };
}

/** heardError makes an error again of what was told. */
export function heardError({ code, message, hint }: ToldError): CoreError {
	return new CoreError(code, message, { hint });
}

/** browserFailed says that the browser did not do its part; another attempt gets a new one. */
export function browserFailed(why: string, cause?: unknown): CoreError {
	return new CoreError('browser-failed', `The browser failed: ${why.replace(/\.$/, '')}.`, {
		hint: 'The step is tried again with a new browser. If this keeps happening, look at the log of the browser host.',
		...(cause !== undefined && { cause }),
	});
}

/** cancelledCall is what a call rejects with whose run was stopped. */
export function cancelledCall(): CoreError {
	return new CoreError('cancelled', 'The browser was stopped before it was done.', {
		hint: 'Nothing to do: the run was cancelled.',
	});
}

/** firstLine of what was thrown: the rest is a call log or a stack. */
export function firstLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return (text.split('\n', 1)[0] ?? '').slice(0, 300);
}
