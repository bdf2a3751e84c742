/** GitChange is one file that differs from the last commit; `path` is relative to the project's folder. */
export interface GitChange {
	readonly path: string;
	/** `new`: git does not know the file. `unmerged`: both sides of a merge changed it. */
	readonly kind: 'changed' | 'new' | 'unmerged';
}

/** GitStand is how a project's repository stands. */
export interface GitStand {
	/** Undefined where no branch is checked out (a detached head). */
	readonly branch?: string | undefined;
	/** Hash of the commit that is checked out; undefined before the first one. */
	readonly head?: string | undefined;
	/** Below the project's folder. */
	readonly changes: readonly GitChange[];
	/** What somebody has begun and not ended. */
	readonly underWay?: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' | undefined;
	/** Git knows whose name commits bear. */
	readonly namesAuthor: boolean;
}

/**
 * IGitWork works on git repositories of people's projects; `root` is a folder as `IProjectFolders.folder` gave it. It runs no
 * program that a repository names (hooks, filters, monitors, signers), asks nobody anything, and reaches no network. Nothing
 * outside the root is committed. Refusals are CoreErrors that say what to do: `not-possible` where git is missing, the folder
 * belongs to no repository, or git itself refuses; `timed-out`; `disk-full`.
 */
export interface IGitWork {
	stand(root: string): Promise<GitStand>;
	/** The commit that a branch points to; undefined where there is no such branch. */
	headOf(root: string, branch: string): Promise<string | undefined>;
	/** Checks a branch out; where there is none, it is made at `at`, or where the head is. Work that is not committed stays. */
	checkOut(root: string, branch: string, at?: string): Promise<void>;
	/** Commits these files (relative to the root), or all that changed below it, and what was staged before; undefined where that is nothing. */
	commit(
		root: string,
		work: { readonly message: string; readonly files?: readonly string[] | undefined },
	): Promise<string | undefined>;
}
