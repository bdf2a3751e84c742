import type { GitChange } from '../../ports/git-work.ts';

/** GitStatus is what `git status --porcelain=v2 --branch -z` tells; paths are relative to the top of the work tree. */
export interface GitStatus {
	readonly branch: string | undefined;
	readonly head: string | undefined;
	readonly changes: readonly GitChange[];
}

/** How many fields stand before the path. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

/** readStatus reads it (https://git-scm.com/docs/git-status#_porcelain_format_version_2); renames are to be told as two changes. */
export function readStatus(output: string): GitStatus {
	let branch: string | undefined;
	let head: string | undefined;
	const changes: GitChange[] = [];
	for (const line of output.split('\0')) {
		const [kind = ''] = line;
		const fields = FIELDS[kind];
		if (line.startsWith('# branch.oid ')) head = line.slice('# branch.oid '.length);
		else if (line.startsWith('# branch.head ')) branch = line.slice('# branch.head '.length);
		else if (fields !== undefined) {
			const path = line.split(' ').slice(fields).join(' ');
			changes.push({ path, kind: kind === '?' ? 'new' : kind === 'u' ? 'unmerged' : 'changed' });
		}
	}
	return {
		branch: branch === '(detached)' ? undefined : branch,
		head: head === '(initial)' ? undefined : head,
		changes,
	};
}
