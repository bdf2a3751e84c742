import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { fileError, insideWorkspace, workspaceOf } from './workspace-path.ts';

const MAX_BYTES = 5 * 1024 * 1024;

const Input = z.strictObject({
	path: z.string().min(1).max(4_096),
	maxBytes: z.int().min(1).max(MAX_BYTES).default(MAX_BYTES),
});
const Output = z.object({
	path: z.string(),
	/** Size of the whole file. */
	bytes: z.int(),
	text: z.string(),
	/** The file is longer than `maxBytes`, and this is its beginning. */
	truncated: z.boolean(),
	/** The same text in the form that the `text.*` capabilities take. */
	document: z.object({ title: z.string(), kind: z.literal('text'), markdown: z.string(), truncated: z.boolean() }),
});

/** filesRead is `files.read`: the text of a file in the task's workspace. */
export const filesRead: ICapability<z.infer<typeof Input>, z.infer<typeof Output>> = {
	name: 'files.read',
	version: 1,
	summary: 'Reads a text file in the workspace of the task.',
	input: Input,
	output: Output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 10_000,
	sessions: ['workspace'],
	async run({ path, maxBytes }, context) {
		const file = await insideWorkspace(workspaceOf(context), path);
		// Another step may have written what a page or a document said.
		context.taint(`file:${path}`);
		let handle: FileHandle | undefined;
		try {
			// Without O_NONBLOCK, opening a pipe waits for somebody to write into it.
			handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
			const stats = await handle.stat();
			if (!stats.isFile()) throw notAFile(path);
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(stats.size, maxBytes)), 0);
			const truncated = bytesRead < stats.size;
			const text = decode(buffer.subarray(0, bytesRead), truncated, path);
			const document = { title: basename(path), kind: 'text' as const, markdown: text, truncated };
			return { path, bytes: stats.size, text, truncated, document };
		} catch (error) {
			throw fileError(path, error);
		} finally {
			await handle?.close();
		}
	},
};

function decode(bytes: Uint8Array, truncated: boolean, path: string): string {
	try {
		// `stream` lets a character that the limit cut in two go.
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated });
	} catch (error) {
		throw new CoreError('unsupported-type', `"${path}" is not a text file in UTF-8.`, {
			hint: 'Read documents such as PDF and DOCX with web.read.',
			cause: error,
		});
	}
}

function notAFile(path: string): CoreError {
	return new CoreError('invalid-input', `"${path}" is not a file.`, {
		hint: 'files.list shows the files that are there.',
	});
}
