import { createHash } from 'node:crypto';

/** versionOf names the wording of instructions in a few letters that change with it, so that what was asked can be told apart later. */
export function versionOf(...texts: readonly string[]): string {
	return createHash('sha256').update(texts.join('\n\n')).digest('hex').slice(0, 6);
}
