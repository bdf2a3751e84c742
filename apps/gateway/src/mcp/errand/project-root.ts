import { fileURLToPath } from 'node:url';
import { CoreError } from '@errand/core/domain/errors.ts';
import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { McpCall } from '../protocol/surface.ts';

const KEY = 'project-root';

/**
 * withProjectRoot fills in the project of a call that names none: the folder that is open in the client, which is asked for
 * where the client can tell, else `otherwise`. Throws `invalid-input` where nobody knows.
 */
export function withProjectRoot(
	input: Readonly<Record<string, unknown>>,
	call: Pick<McpCall, 'client' | 'inputs'>,
	otherwise?: string,
): { readonly input: Readonly<Record<string, unknown>> } | { readonly ask: InputRequiredResult } {
	const { projectRoot } = input;
	if (typeof projectRoot === 'string' && projectRoot.trim() !== '') return { input };
	const told = inputResponse(call.inputs, KEY);
	const open = told.kind === 'roots' ? folderOf(told.roots[0]?.uri) : undefined;
	const root = open ?? (told.kind === 'missing' && call.client.roots ? undefined : otherwise);
	if (root !== undefined) return { input: { ...input, projectRoot: root } };
	if (told.kind === 'missing' && call.client.roots) {
		return { ask: inputRequired({ inputRequests: { [KEY]: inputRequired.listRoots() } }) };
	}
	throw new CoreError('invalid-input', 'It is not said which project is meant.', {
		hint: 'Give `projectRoot`: the absolute path of the project’s folder, or the id of its backlog.',
	});
}

function folderOf(uri: string | undefined): string | undefined {
	if (uri === undefined || !URL.canParse(uri) || new URL(uri).protocol !== 'file:') return undefined;
	try {
		return fileURLToPath(uri);
	} catch {
		return undefined;
	}
}
