import { isJsonObject } from '@errand/core/domain/json.ts';

/** Problem is a refusal or a failure as the page shows it: what happened, and what to do about it. */
export interface Problem {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	readonly hint?: string | undefined;
}

/** ProblemError carries a Problem through a rejected promise. */
export class ProblemError extends Error {
	readonly problem: Problem;

	constructor(problem: Problem) {
		super(problem.message);
		this.name = 'ProblemError';
		this.problem = problem;
	}
}

/** problemOf turns anything thrown by a call into a Problem; what is not an answer of the server is a lost connection. */
export function problemOf(error: unknown): Problem {
	if (error instanceof ProblemError) return error.problem;
	return { status: 0, code: 'offline', message: 'The server cannot be reached.', hint: 'It is tried again by itself.' };
}

/** parseProblem reads an `application/problem+json` body; anything else is worded from the status. */
export function parseProblem(status: number, body: unknown): Problem {
	const fields = isJsonObject(body) ? body : {};
	const text = (name: string) => {
		const value = fields[name];
		return typeof value === 'string' && value !== '' ? value : undefined;
	};
	return {
		status,
		code: text('code') ?? `http-${status}`,
		message: text('detail') ?? text('message') ?? text('title') ?? `The server answered with status ${status}.`,
		hint: text('hint'),
	};
}

/** isPassing tells failures that trying again may cure from refusals that it cannot. */
export function isPassing(problem: Problem): boolean {
	return problem.status === 0 || problem.status === 429 || problem.status >= 500;
}
