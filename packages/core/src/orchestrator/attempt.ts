import { isCoreError } from '../domain/errors.ts';

/** attempt does something for a person: a refusal is what they are told; what broke is thrown on, and tried again. */
export async function attempt(work: () => Promise<unknown>): Promise<{ say?: string }> {
	try {
		await work();
		return {};
	} catch (error) {
		if (!isCoreError(error) || error.code === 'disk-full' || error.code === 'internal') throw error;
		return { say: `${error.message} ${error.hint}` };
	}
}
