import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { formatBytes } from '@errand/core/domain/amounts.ts';
import { ArtifactRefSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { fileError, insideWorkspace, splitPath, workspaceOf } from './workspace-path.ts';

const MAX_CHARACTERS = 10 * 1024 * 1024;

const Input = z.strictObject({
	path: z.string().min(1).max(4_096),
	content: z.string().max(MAX_CHARACTERS),
	encoding: z.enum(['utf8', 'base64']).default('utf8'),
	/** Media type; left out: told by the file's ending. */
	type: z.string().max(200).optional(),
});
const Output = z.object({
	/** What was done, for people. */
	text: z.string(),
	path: z.string(),
	bytes: z.int(),
	artifacts: z.array(ArtifactRefSchema),
});

/** filesWrite is `files.write`: writes a file into the task's workspace, replacing one of that name, and keeps it for download. */
export const filesWrite: ICapability<z.infer<typeof Input>, z.infer<typeof Output>> = {
	name: 'files.write',
	version: 1,
	summary: 'Writes a file into the workspace of the task and offers it for download.',
	input: Input,
	output: Output,
	effects: 'idempotent',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 10_000,
	sessions: ['workspace'],
	async run({ path, content, encoding, type }, context) {
		const workspace = workspaceOf(context);
		if (splitPath(path).length === 0 || path.endsWith('/')) throw namesNoFile(path);
		const file = await insideWorkspace(workspace, path);
		const bytes = Buffer.from(content, encoding);
		try {
			await mkdir(dirname(file), { recursive: true });
			await replaceFile(file, bytes);
		} catch (error) {
			throw fileError(path, error);
		}
		const name = basename(file);
		const artifact = await context.saveArtifact({ name, type: type ?? typeOf(name), content: bytes });
		const text = `Saved "${name}" (${formatBytes(bytes.byteLength)}).`;
		return { text, path, bytes: bytes.byteLength, artifacts: [artifact] };
	},
};

/** The file is there whole or as it was before; a link put in its place meanwhile is replaced, not followed. */
async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
	const draft = `${file.slice(0, -basename(file).length)}.${randomUUID()}.part`;
	try {
		await writeFile(draft, bytes, { flag: 'wx' });
		await rename(draft, file);
	} catch (error) {
		await rm(draft, { force: true });
		throw error;
	}
}

const TYPES: Readonly<Record<string, string>> = {
	'.md': 'text/markdown',
	'.txt': 'text/plain',
	'.csv': 'text/csv',
	'.html': 'text/html',
	'.json': 'application/json',
	'.xml': 'application/xml',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.pdf': 'application/pdf',
};

function typeOf(name: string): string {
	return TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}

function namesNoFile(path: string): CoreError {
	return new CoreError('invalid-input', `"${path}" names no file.`, { hint: 'Give a file name, such as "report.md".' });
}
