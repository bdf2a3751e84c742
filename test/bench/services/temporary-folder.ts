import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** TemporaryFolder is a folder that does not outlive the bench, whichever way that ends. */
export interface TemporaryFolder {
	readonly path: string;
	remove(): void;
}

const folders = new Set<string>();
process.once('exit', () => {
	for (const path of folders) remove(path);
});

/** temporaryFolder makes one. */
export function temporaryFolder(name: string): TemporaryFolder {
	const path = mkdtempSync(join(tmpdir(), `errand-bench-${name}-`));
	folders.add(path);
	return { path, remove: () => remove(path) };
}

function remove(path: string): void {
	rmSync(path, { recursive: true, force: true });
	folders.delete(path);
}
