import { lstat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';

/** workspaceOf is the workspace of the run; capabilities that declare the session always have one. */
export function workspaceOf({ workspace }: { readonly workspace: string | undefined }): string {
	if (workspace !== undefined) return workspace;
	throw new CoreError('internal', 'This step was given no workspace folder.', {
		hint: 'Its capability must declare the workspace session.',
	});
}

/**
 * insideWorkspace turns a path that somebody wrote into an absolute one inside the workspace, or refuses: absolute paths,
 * `..`, and paths that lead over a symbolic link, wherever it points.
 */
export async function insideWorkspace(workspace: string, path: string): Promise<string> {
	const parts = splitPath(path);
	let current = workspace;
	for (const part of parts) {
		current = join(current, part);
		if (await isLink(current)) throw outside(path, 'it leads over a symbolic link');
	}
	return current;
}

/** splitPath is the pure half: the names along a relative path; none for the workspace itself. */
export function splitPath(path: string): string[] {
	if (path.includes('\0')) throw outside(path, 'it holds a NUL character');
	if (/^([/\\]|[a-z]:)/i.test(path)) throw outside(path, 'it is an absolute path');
	const parts = path.split(sep === '\\' ? /[/\\]/ : '/').filter((part) => part !== '' && part !== '.');
	if (parts.includes('..')) throw outside(path, 'it leads out by ".."');
	if (parts.some((part) => Buffer.byteLength(part) > 255) || parts.length > 32) throw outside(path, 'it is too long');
	return parts;
}

/** fileError puts an error of the file system into words for the person; others pass through. */
export function fileError(path: string, error: unknown): unknown {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	switch (code) {
		case 'ENOENT':
			return new CoreError('not-found', `There is no file "${path}" in the workspace.`, {
				hint: 'files.list shows what is there.',
				cause: error,
			});
		case 'EISDIR':
		case 'ENOTDIR':
		case 'EEXIST':
		case 'ENOTEMPTY':
			return new CoreError(
				'invalid-input',
				`"${path}" meets a folder where a file should be, or a file where a folder should be.`,
				{
					hint: 'files.list shows what is there; choose another name.',
					cause: error,
				},
			);
		case 'ENOSPC':
		case 'EDQUOT':
			return new CoreError('disk-full', `No room to write "${path}".`, {
				hint: 'Free some space on the disk of the data directory.',
				cause: error,
			});
		default:
			return error;
	}
}

async function isLink(path: string): Promise<boolean> {
	try {
		return (await lstat(path)).isSymbolicLink();
	} catch {
		return false;
	}
}

function outside(path: string, why: string): CoreError {
	return new CoreError('forbidden', `"${path.slice(0, 200)}" is not a path inside the workspace: ${why}.`, {
		hint: 'Give a path relative to the workspace, such as "reports/summary.md".',
	});
}
