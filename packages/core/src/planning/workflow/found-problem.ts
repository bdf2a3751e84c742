import type { WorkflowProblem } from '../../domain/workflow/problem.ts';

/** WorkflowPath leads from a definition to a place in it: `['steps', 2, 'with', 'url']`. */
export type WorkflowPath = readonly (string | number)[];

/** FoundProblem is a problem that can still be given its line and column: `offset` counts characters in the text at its path. */
export interface FoundProblem extends WorkflowProblem {
	readonly place: WorkflowPath;
	readonly offset?: number | undefined;
	/** The key is meant, not its value. */
	readonly atKey?: boolean | undefined;
}

/** So many problems are told at once. */
const MAX_PROBLEMS = 50;

/** ProblemList gathers what is wrong, up to a bound, each thing once. */
export class ProblemList {
	readonly #found = new Map<string, FoundProblem>();

	get isEmpty(): boolean {
		return this.#found.size === 0;
	}

	get count(): number {
		return this.#found.size;
	}

	get isFull(): boolean {
		return this.#found.size >= MAX_PROBLEMS;
	}

	say(place: WorkflowPath, message: string, at: { offset?: number; atKey?: boolean } = {}): void {
		if (this.isFull) return;
		const path = place.join('.');
		this.#found.set(`${path}:${at.offset}:${message}`, { message, ...(path === '' ? {} : { path }), place, ...at });
	}

	list(): readonly FoundProblem[] {
		return [...this.#found.values()];
	}
}
