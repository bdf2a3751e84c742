import { basename, extname } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { WorkCall } from '../../ports/backlog-work.ts';
import type { IProjectFiles, IProjectFolders } from '../../ports/project-files.ts';
import { PROJECT_FILES } from './project-files-of.ts';

interface Dependencies {
	readonly files: IProjectFiles;
	readonly folders: IProjectFolders;
	readonly artifacts: IArtifactStore;
}

type GivenFiles = NonNullable<WorkCall['files']>;

/** Text up to this stands in the plan itself; more is stored, and read by a step. */
const MAX_INLINE_CHARACTERS = 12_000;
const MAX_BYTES = 5 * 1024 * 1024;
const MOST_FILES = 20;
const TREE_ENTRIES = 400;

/** givenFiles reads the files of the project that a call names. */
export async function givenFiles(
	deps: Dependencies,
	{ person, root }: { readonly person: PersonId; readonly root: string | undefined },
	{ tool, args }: { readonly tool: string; readonly args: JsonObject },
): Promise<GivenFiles> {
	if (tool === 'parse_prd') return [await document(deps, { person, root }, args)];
	if (tool !== 'research') return [];
	const paths = listIn(args['filePaths']).slice(0, MOST_FILES);
	if (root === undefined) {
		if (paths.length === 0) return [];
		throw noFolder();
	}
	const files = await Promise.all(paths.map((path) => given(deps, { person, root }, path)));
	if (args['includeProjectTree'] !== true) return files;
	const tree = await deps.folders.tree(root, { entries: TREE_ENTRIES });
	return [...files, { name: 'The project’s files', text: tree.join('\n') }];
}

async function document(
	deps: Dependencies,
	{ person, root }: { readonly person: PersonId; readonly root: string | undefined },
	args: JsonObject,
): Promise<GivenFiles[number]> {
	if (root === undefined) throw noFolder();
	const named = args['input'];
	if (typeof named === 'string' && named.trim() !== '') return given(deps, { person, root }, named.trim());
	for (const path of [PROJECT_FILES.oldDocument, PROJECT_FILES.document]) {
		if ((await deps.files.markOf(root, path)) !== undefined) return given(deps, { person, root }, path);
	}
	throw new CoreError('not-found', `There is no document at ${PROJECT_FILES.oldDocument}.`, {
		hint: `Write one there or at ${PROJECT_FILES.document}, or name another with "input".`,
	});
}

async function given(
	{ files, artifacts }: Dependencies,
	{ person, root }: { readonly person: PersonId; readonly root: string },
	path: string,
): Promise<GivenFiles[number]> {
	const bytes = await files.bytes(root, path, { maxBytes: MAX_BYTES });
	const name = basename(path);
	if (bytes === undefined) {
		throw new CoreError('not-found', `There is no file "${path}" in the project's folder.`, {
			hint: 'Give its path as seen from the project’s folder.',
		});
	}
	const read = readableType(bytes);
	if (read !== undefined) {
		return { name, artifact: await artifacts.put({ name, type: read, content: bytes, owner: { person } }) };
	}
	const text = new TextDecoder().decode(bytes);
	if (text.includes('\0') || text.includes('\uFFFD\uFFFD')) {
		throw new CoreError('unreadable-document', `"${path}" is no text.`, {
			hint: 'Give a text, a Markdown file, a PDF or a DOCX.',
		});
	}
	if (text.trim() === '') throw new CoreError('invalid-input', `"${path}" is empty.`, { hint: 'Name another file.' });
	if (text.length <= MAX_INLINE_CHARACTERS) return { name, text };
	const type = extname(name).toLowerCase() === '.md' ? 'text/markdown' : 'text/plain';
	const content = new TextEncoder().encode(text);
	return { name, artifact: await artifacts.put({ name, type, content, owner: { person } }) };
}

/** What is no text and can be read all the same, by what it begins with: names say anything. A step in a process of its own reads it. */
function readableType(bytes: Uint8Array): string | undefined {
	const [one, two, three, four] = bytes;
	const begins = String.fromCharCode(one ?? 0, two ?? 0, three ?? 0, four ?? 0);
	if (begins === '%PDF') return 'application/pdf';
	return begins === 'PK\u0003\u0004' ? DOCX : undefined;
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

function listIn(value: unknown): string[] {
	if (typeof value !== 'string') return [];
	return value
		.split(',')
		.map((path) => path.trim())
		.filter((path) => path !== '');
}

function noFolder(): CoreError {
	return new CoreError('not-possible', 'This backlog has no folder to read files from.', {
		hint: 'Name a project by its folder.',
	});
}
