import { hash } from 'node:crypto';
import type { ModelRequest } from '../../ports/language-model.ts';

/**
 * promptVersionOf names the wording of a request's instructions in a few letters that change with it, so that what was asked can
 * be told apart later: as the request says itself, else by its system messages and the form that its reply is to have. What
 * people and documents say stands in neither. Undefined where there are no instructions.
 */
export function promptVersionOf({ promptVersion, messages, output }: ModelRequest): string | undefined {
	if (promptVersion !== undefined) return promptVersion;
	const instructions = messages.flatMap(({ role, text }) => (role === 'system' ? [text] : []));
	if (instructions.length === 0) return undefined;
	return hash('sha256', JSON.stringify([instructions, output?.schema ?? null]), 'hex').slice(0, 6);
}
