/** WorkflowProblem is one thing wrong with a definition; `line` and `column` from 1 where it was read from text. */
export interface WorkflowProblem {
	readonly message: string;
	readonly line?: number | undefined;
	readonly column?: number | undefined;
	/** Where in the definition: `steps.2.with.url`. */
	readonly path?: string | undefined;
}

/** GraphStep is a step of a workflow's plan as a graph shows it, with what is not known before it runs left open. */
export interface GraphStep {
	readonly id: string;
	readonly title: string;
	readonly kind: string;
	readonly dependsOn: readonly string[];
	readonly parent?: string | undefined;
}
