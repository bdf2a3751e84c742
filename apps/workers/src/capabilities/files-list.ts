import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { fileError, insideWorkspace, workspaceOf } from './workspace-path.ts';

const MAX_FILES = 1_000;

const Input = z.strictObject({
	/** A folder of the workspace; left out: all of it. */
	path: z.string().max(4_096).default('.'),
});
const Output = z.object({
	files: z.array(z.object({ path: z.string(), bytes: z.int() })),
	/** There are more files than these. */
	truncated: z.boolean(),
});

/** filesList is `files.list`: the files of the task's workspace, folders within folders included, by path. */
export const filesList: ICapability<z.infer<typeof Input>, z.infer<typeof Output>> = {
	name: 'files.list',
	version: 1,
	summary: 'Lists the files in the workspace of the task.',
	input: Input,
	output: Output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 10_000,
	sessions: ['workspace'],
	async run({ path }, context) {
		const workspace = workspaceOf(context);
		const folder = await insideWorkspace(workspace, path);
		const found: { path: string; bytes: number }[] = [];
		try {
			await collect(folder, workspace, found);
		} catch (error) {
			throw fileError(path, error);
		}
		const files = found.slice(0, MAX_FILES);
		// A name may have been chosen by whoever wrote the content.
		for (const file of files) context.taint(`file:${file.path}`);
		return { files, truncated: found.length > MAX_FILES };
	},
};

/** Walks folders in order of name; symbolic links and special files are left out. Stops one past the limit. */
async function collect(folder: string, workspace: string, found: { path: string; bytes: number }[]): Promise<void> {
	const entries = await readdir(folder, { withFileTypes: true });
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		if (found.length > MAX_FILES) return;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) await collect(path, workspace, found);
		if (!entry.isFile()) continue;
		const { size } = await stat(path);
		found.push({ path: relative(workspace, path).split(sep).join('/'), bytes: size });
	}
}
