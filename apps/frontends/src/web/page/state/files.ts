import { formatBytes } from '@errand/core/domain/amounts.ts';
import type { OutgoingFile } from './api.ts';

/** FILE_LIMITS is what one message may carry; a little under what the server takes. */
export const FILE_LIMITS = { count: 20, bytes: 15_000_000, totalBytes: 23_000_000 } as const;

/** limitsInWords says FILE_LIMITS to a person. */
export function limitsInWords(): string {
	const { count, bytes, totalBytes } = FILE_LIMITS;
	return `up to ${count} files of ${formatBytes(bytes)} each, ${formatBytes(totalBytes)} together`;
}

/** addFiles puts files to those chosen before, as far as the limits go, and says what was left out and why. */
export function addFiles<F extends { readonly name: string; readonly size: number }>(
	chosen: readonly F[],
	added: readonly F[],
): { readonly files: readonly F[]; readonly refused: readonly string[] } {
	const files = [...chosen];
	const refused: string[] = [];
	let total = chosen.reduce((sum, file) => sum + file.size, 0);
	for (const file of added) {
		if (files.length >= FILE_LIMITS.count) refused.push(`${file.name}: a message takes ${FILE_LIMITS.count} files`);
		else if (file.size === 0) refused.push(`${file.name} is empty, or a folder`);
		else if (file.size > FILE_LIMITS.bytes) refused.push(`${file.name} has ${formatBytes(file.size)}`);
		else if (total + file.size > FILE_LIMITS.totalBytes) refused.push(`${file.name}: together that is too much`);
		else {
			files.push(file);
			total += file.size;
		}
	}
	return { files, refused };
}

/** readFile reads a file for sending. */
export async function readFile(file: File): Promise<OutgoingFile> {
	const address = await new Promise<string>((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result));
		reader.onerror = () => reject(new Error(`“${file.name}” cannot be read.`));
		reader.readAsDataURL(file);
	});
	const base64 = address.slice(address.indexOf(',') + 1);
	return { name: file.name, type: file.type || 'application/octet-stream', base64 };
}
