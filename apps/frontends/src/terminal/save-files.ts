import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import { cleanLine } from './clean-text.ts';
import type { ServerClient } from './server-client.ts';

/** saveFiles writes a task's files into a folder, over nothing that is there already. Returns their paths by id. */
export async function saveFiles(
	client: Pick<ServerClient, 'download'>,
	files: readonly ArtifactRef[],
	folder: string,
): Promise<ReadonlyMap<string, string>> {
	const paths = new Map<string, string>();
	try {
		await mkdir(folder, { recursive: true });
		for (const file of files) paths.set(file.id, await writeNew(folder, file.name, await client.download(file.id)));
	} catch (error) {
		throw new CoreError('not-possible', `The files cannot be saved in "${folder}": ${describeError(error)}`, {
			hint: 'Choose another folder with --save; the files themselves are safe on the server.',
			cause: error,
		});
	}
	return paths;
}

/** safeName keeps a file's name inside its folder, whatever a task called it. */
export function safeName(name: string): string {
	const plain = cleanLine(name)
		.replace(/[/\\:*?"<>|]/g, '_')
		.replace(/^\.+/, '')
		.slice(0, 120);
	return plain === '' ? 'file' : plain;
}

async function writeNew(folder: string, name: string, content: Uint8Array): Promise<string> {
	const safe = safeName(name);
	const ending = extname(safe);
	const stem = safe.slice(0, safe.length - ending.length);
	for (let count = 1; ; count++) {
		const path = join(folder, count === 1 ? safe : `${stem}-${count}${ending}`);
		try {
			await writeFile(path, content, { flag: 'wx' });
			return path;
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || count >= 1_000) throw error;
		}
	}
}
