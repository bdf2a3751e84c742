import type { FrontendState } from '@errand/core/ports/frontend.ts';

/** Problem is something that keeps part of the frontend from working, and what to do about it. */
export interface Problem {
	readonly message: string;
	readonly hint: string;
}

/** FrontendHealth keeps what is wrong at the moment, each under its own name, and reports the sum of it. */
export class FrontendHealth {
	readonly #problems = new Map<string, Problem>();
	readonly #report: (state: FrontendState) => void;
	#reported = '';

	constructor(report: (state: FrontendState) => void) {
		this.#report = report;
	}

	raise(name: string, problem: Problem): void {
		this.#problems.set(name, problem);
		this.report();
	}

	clear(name: string): void {
		if (this.#problems.delete(name)) this.report();
	}

	has(name: string): boolean {
		return this.#problems.has(name);
	}

	names(): string[] {
		return [...this.#problems.keys()];
	}

	/** Says how things stand, unless it has just been said. */
	report(): void {
		const state = summary([...this.#problems.values()]);
		const text = JSON.stringify(state);
		if (text === this.#reported) return;
		this.#reported = text;
		this.#report(state);
	}
}

const SHOWN = 3;

function summary(problems: readonly Problem[]): FrontendState {
	if (problems.length === 0) return { status: 'ready' };
	const shown = problems.slice(0, SHOWN);
	const more = problems.length > SHOWN ? ` (and ${problems.length - SHOWN} more)` : '';
	return {
		status: 'degraded',
		message: shown.map(({ message }) => message).join(' ') + more,
		hint: [...new Set(shown.map(({ hint }) => hint))].join(' '),
	};
}
