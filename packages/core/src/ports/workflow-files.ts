/** WorkflowFile is one file that holds a workflow. */
export interface WorkflowFile {
	/** Relative to the folder. */
	readonly path: string;
	readonly text: string;
	/** Why its text could not be read; then `text` is empty. */
	readonly problem?: string | undefined;
}

/**
 * IWorkflowFiles is a folder of workflows that somebody edits while the server runs. Nothing is read, and nothing watched, before
 * the first `list`. A folder that is not there has no files; it may come later.
 */
export interface IWorkflowFiles {
	/** The files as they are known now, by their paths; the same object for a file, and the same array, where nothing changed. */
	list(): Promise<readonly WorkflowFile[]>;
	/** Calls back after each change that was seen; returns the way to stop. */
	onChange(listener: () => void): () => void;
	/** Watches no more; safe to call twice. */
	stop(): void;
}
