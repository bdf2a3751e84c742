import { type CoreError, type ErrorCode, isCoreError } from '../../domain/errors.ts';

const TRY_AGAIN: readonly ErrorCode[] = ['disk-full', 'internal', 'shutting-down', 'version-conflict'];

/** isRefusal tells what a person is to be told from what broke here, which is tried again. */
export function isRefusal(error: unknown): error is CoreError {
	return isCoreError(error) && !TRY_AGAIN.includes(error.code);
}

/** attempt does something for a person: a refusal is what they are told; what broke is thrown on, and tried again. */
export async function attempt(work: () => Promise<unknown>): Promise<{ say?: string }> {
	try {
		await work();
		return {};
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return { say: `${error.message} ${error.hint}` };
	}
}
