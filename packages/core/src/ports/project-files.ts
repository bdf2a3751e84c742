/** FileMark tells one content of a file from the next without reading it. */
export interface FileMark {
	readonly id: string;
	/** The file is so new that a change right after the mark was taken could leave the same one: compare what is in it. */
	readonly fresh: boolean;
}

/** ProjectFile is a file's text with the mark it had when that was read. */
export interface ProjectFile {
	readonly text: string;
	readonly mark: FileMark;
}

/**
 * IProjectFiles reads and writes files of people's projects. `root` is a folder as `IProjectFolders.folder` gave it, `path` is
 * relative to it (or absolute and below it); one that leads out of the root, over symbolic links too, is refused (`forbidden`).
 * Refusals are CoreErrors that name the file: `not-possible` where something else stands in its place or may not be touched,
 * `too-large`, `disk-full`.
 */
export interface IProjectFiles {
	/** Undefined where there is none. */
	read(root: string, path: string, limits?: { readonly maxBytes: number }): Promise<ProjectFile | undefined>;
	/** What is in a file that need not be text; undefined where there is none. */
	bytes(root: string, path: string, limits?: { readonly maxBytes: number }): Promise<Uint8Array | undefined>;
	/** Cheap; undefined where there is none. */
	markOf(root: string, path: string): Promise<FileMark | undefined>;
	/**
	 * Replaces a file whole: whoever reads it sees the old one or the new one, also after a crash. Its mode stays, a symbolic link
	 * stays one, missing folders are made. With `over` only where the file still has this mark (`null`: where there is none); else
	 * nothing is written and undefined is answered.
	 */
	write(
		root: string,
		path: string,
		text: string,
		options?: { readonly over?: string | null | undefined },
	): Promise<FileMark | undefined>;
	/** Whether there was one. */
	remove(root: string, path: string): Promise<boolean>;
	/** Calls back, soon and not too often, when the file may have changed. Returns the way to stop; never throws. */
	watch(root: string, path: string, changed: () => void): () => void;
}

/** IProjectFolders looks at folders of people's projects as a whole. */
export interface IProjectFolders {
	/** Its real absolute path; refuses what is not absolute, not there or no folder. */
	folder(root: string): Promise<string>;
	/** Paths of files and folders below it, nearest first, without what programs put there (`.git`, `node_modules`). */
	tree(root: string, limits: { readonly entries: number }): Promise<readonly string[]>;
	/** The branch that is checked out in it; undefined where there is none. */
	branch(root: string): Promise<string | undefined>;
	/** Makes an empty repository of it, where there is none; runs no program. Whether it did. */
	initGit(root: string): Promise<boolean>;
}
