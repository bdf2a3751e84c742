import type { Loop } from '../../../domain/autopilot/loop.ts';
import { CoreError } from '../../../domain/errors.ts';
import type { GitStand } from '../../../ports/git-work.ts';

/** Files that Errand itself writes as the loop goes on: they are no work of anybody. */
const isOwn = (path: string) => path.startsWith('.taskmaster/') || path === 'tasks/tasks.json';

/** unsavedWork lists files with work in them that is not committed. */
export function unsavedWork({ changes }: GitStand): string[] {
	return changes.flatMap(({ path }) => (isOwn(path) ? [] : path));
}

/** ownFiles lists files of the backlog that git knows and that changed since the last commit. */
export function ownFiles({ changes }: GitStand): string[] {
	return changes.flatMap(({ path, kind }) => (isOwn(path) && kind === 'changed' ? path : []));
}

/** refuseUnfit refuses to commit in a repository in which somebody is in the middle of something, or that could not be committed to. */
export function refuseUnfit(
	stand: GitStand,
): asserts stand is GitStand & { readonly branch: string; readonly head: string } {
	const { branch, head, underWay, namesAuthor, changes } = stand;
	const unmerged = changes.filter(({ kind }) => kind === 'unmerged').map(({ path }) => path);
	if (underWay !== undefined || unmerged.length > 0) {
		const what = underWay ?? 'merge';
		throw refused(
			`A ${what} is under way in the repository${unmerged.length === 0 ? '' : ` (${named(unmerged)})`}.`,
			`End it first: git ${what} ${what === 'bisect' ? 'reset' : '--continue'}${what === 'bisect' ? '' : ' or --abort'}.`,
		);
	}
	if (head === undefined) {
		throw refused('The repository has no commit yet.', 'Make a first one: git add . and git commit.');
	}
	if (branch === undefined) {
		throw refused(
			'No branch is checked out in the repository (its head is detached).',
			'Check one out: git switch main.',
		);
	}
	if (namesAuthor) return;
	throw refused(
		'git does not know whose name a commit is to bear.',
		'Run in the project’s folder: git config user.name "Ann Example" and git config user.email ann@example.org',
	);
}

/** refuseUnsaved refuses where work is not committed. */
export function refuseUnsaved(stand: GitStand, hint: string): void {
	const unsaved = unsavedWork(stand);
	if (unsaved.length > 0) throw refused(`There are changes that are not committed: ${named(unsaved)}.`, hint);
}

/** refuseOtherBranch refuses where another branch than the loop's is checked out: nothing is ever committed to that. */
export function refuseOtherBranch({ branch }: GitStand, loop: Loop): void {
	if (branch === loop.branch) return;
	const where = branch === undefined ? 'No branch' : `The branch ${branch}`;
	throw refused(
		`${where} is checked out, but the loop works on ${loop.branch}.`,
		`Call autopilot_resume, or check it out: git switch ${loop.branch}.`,
	);
}

function refused(message: string, hint: string): CoreError {
	return new CoreError('not-possible', message, { hint });
}

function named(paths: readonly string[]): string {
	const first = paths.slice(0, 10).join(', ');
	return paths.length > 10 ? `${first} and ${paths.length - 10} more` : first;
}
