import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { OutgoingFile } from './server-client.ts';

/** readFiles reads the files named on the command line; throws CoreError for one that cannot be read. */
export async function readFiles(paths: readonly string[]): Promise<OutgoingFile[]> {
	return Promise.all(
		paths.map(async (path) => {
			try {
				const content = await readFile(path);
				return { name: basename(path), type: typeOf(path), base64: content.toString('base64') };
			} catch (error) {
				throw new CoreError('invalid-input', `The file "${path}" cannot be read.`, {
					hint: 'Check the path after --file.',
					cause: error,
				});
			}
		}),
	);
}

/** textFile makes a file of text that was piped in. */
export function textFile(text: string): OutgoingFile {
	return { name: 'input.txt', type: 'text/plain', base64: Buffer.from(text, 'utf8').toString('base64') };
}

const TYPES: Readonly<Record<string, string>> = {
	'.csv': 'text/csv',
	'.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	'.gif': 'image/gif',
	'.htm': 'text/html',
	'.html': 'text/html',
	'.jpeg': 'image/jpeg',
	'.jpg': 'image/jpeg',
	'.json': 'application/json',
	'.md': 'text/markdown',
	'.pdf': 'application/pdf',
	'.png': 'image/png',
	'.txt': 'text/plain',
	'.webp': 'image/webp',
	'.xml': 'application/xml',
};

function typeOf(path: string): string {
	return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}
