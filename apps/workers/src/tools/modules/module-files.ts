import { globSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** ModuleFiles are the modules that the operator named, and the folders in which others may come to be. */
export interface ModuleFiles {
	readonly files: readonly string[];
	readonly folders: readonly string[];
}

/** findModules finds the modules under what was named: files, folders, and patterns such as `./folder/*.ts`. */
export function findModules(named: readonly string[]): ModuleFiles {
	const files = new Set<string>();
	const folders = new Set<string>();
	for (const path of named) {
		const pattern = isFolder(path) ? join(path, '*.{ts,mts,js,mjs}') : path;
		const isPattern = pattern !== path || /[*?{[]/.test(path);
		const found = isPattern ? globSync(pattern).filter((file) => MODULE.test(file) && !TEST.test(file)) : [path];
		for (const file of found) files.add(resolve(file));
		const steady = dirname(`${pattern.split(/[*?{[]/)[0]}x`);
		if (isFolder(steady)) folders.add(resolve(steady));
	}
	return { files: [...files].toSorted(), folders: [...folders] };
}

const MODULE = /\.m?[tj]s$/;
const TEST = /\.(?:test|d)\.m?[tj]s$/;

function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
