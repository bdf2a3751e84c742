import { fileURLToPath } from 'node:url';
import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { McpCall } from '../protocol/surface.ts';

const KEY = 'project-root';

/**
 * withProjectRoot fills in the project of a call that names none: the folder that is open in the client, which is asked for
 * where the client can tell, else `otherwise`. Where nobody knows it is left out.
 */
export function withProjectRoot(
	input: Readonly<Record<string, unknown>>,
	call: Pick<McpCall, 'client' | 'inputs'>,
	otherwise?: string,
): { readonly input: Readonly<Record<string, unknown>> } | { readonly ask: InputRequiredResult } {
	const { projectRoot, ...rest } = input;
	if (projectRoot !== undefined && projectRoot !== null && projectRoot !== '') return { input };
	const told = inputResponse(call.inputs, KEY);
	if (told.kind === 'missing' && call.inputs === undefined && call.client.roots) {
		return { ask: inputRequired({ inputRequests: { [KEY]: inputRequired.listRoots() } }) };
	}
	const open = told.kind === 'roots' ? folderOf(told.roots[0]?.uri) : undefined;
	const root = open ?? otherwise;
	return { input: root === undefined ? rest : { ...rest, projectRoot: root } };
}

function folderOf(uri: string | undefined): string | undefined {
	if (uri === undefined || !URL.canParse(uri) || new URL(uri).protocol !== 'file:') return undefined;
	try {
		return fileURLToPath(uri);
	} catch {
		return undefined;
	}
}
