import type { CoreError } from '@errand/core/domain/errors.ts';

/** factsOfRefusal is a refusal as a short text for the sender: what was seen, and what to do. */
export function factsOfRefusal({ message, hint }: CoreError): string {
	return hint === '' ? message : `${message}\n\n${hint}`;
}
