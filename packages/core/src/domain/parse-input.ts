import type { z } from 'zod';
import { CoreError } from './errors.ts';

/** InputProblem names one thing wrong with what somebody sent: where, and what. */
export interface InputProblem {
	readonly path: string;
	readonly message: string;
}

/** InvalidInputError refuses what somebody sent and names every problem in it. */
export class InvalidInputError extends CoreError {
	readonly problems: readonly InputProblem[];

	constructor(code: 'invalid-input' | 'empty-goal' | 'too-large', what: string, problems: readonly InputProblem[]) {
		super(code, `${what} cannot be used: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`, {
			hint: HINTS[code],
		});
		this.problems = problems;
	}
}

/**
 * parseInput parses what comes from outside, or throws an InvalidInputError. A custom issue may carry `params.code` to
 * choose the error's code; a value that is only too long or too many is `too-large`.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
	const parsed = parseWithinStack(schema, value);
	if (parsed === 'too-deep') {
		throw new InvalidInputError('invalid-input', what, [{ path: '(all)', message: 'nested too deeply' }]);
	}
	if (parsed.success) return parsed.data;
	const mistakes = parsed.error.issues.flatMap((issue) => mistakesOf(issue, []));
	throw new InvalidInputError(
		codeOf(mistakes),
		what,
		mistakes.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({ path: describePath(path), message })),
	);
}

const MAX_PROBLEMS = 50;
const HINTS = {
	'invalid-input': 'Mend each problem named and send it again; /openapi.json describes every call.',
	'empty-goal': 'Say in words what should be done.',
	'too-large': 'Shorten it, or attach long text as a file.',
};

type Issue = z.core.$ZodIssue;

// A value nested thousands deep exhausts the stack of a recursive schema; that is the sender's mistake, not a fault here.
function parseWithinStack<S extends z.ZodType>(
	schema: S,
	value: unknown,
): z.ZodSafeParseResult<z.output<S>> | 'too-deep' {
	try {
		return schema.safeParse(value);
	} catch (error) {
		if (error instanceof RangeError) return 'too-deep';
		throw error;
	}
}

interface Mistake {
	readonly path: readonly PropertyKey[];
	readonly message: string;
	readonly code?: unknown;
}

function mistakesOf(issue: Issue, prefix: readonly PropertyKey[]): Mistake[] {
	const path = [...prefix, ...issue.path];
	const { message } = issue;
	switch (issue.code) {
		case 'unrecognized_keys':
			return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a known field' }));
		case 'invalid_union': {
			// The branch that got deepest is the one the sender meant.
			const meant = issue.errors.reduce<readonly Issue[]>(
				(best, branch) => (depth(branch) > depth(best) ? branch : best),
				[],
			);
			if (meant.length > 0) return meant.flatMap((inner) => mistakesOf(inner, path));
			const wanted = new Set(issue.errors.flat().map((inner) => inner.message));
			return [{ path, message: [...wanted].join(', or ') || message }];
		}
		case 'too_small':
			return [{ path, message: isEmptiness(issue) ? 'is empty' : message }];
		case 'too_big':
			return [{ path, message, code: issue.origin === 'string' || issue.origin === 'array' ? 'too-large' : undefined }];
		case 'custom':
			return [{ path, message, code: issue.params?.['code'] }];
		default:
			return [{ path, message }];
	}
}

const isEmptiness = ({ origin, minimum }: Extract<Issue, { code: 'too_small' }>) =>
	(origin === 'string' || origin === 'array') && Number(minimum) === 1;

function codeOf(mistakes: readonly Mistake[]): 'invalid-input' | 'empty-goal' | 'too-large' {
	if (mistakes.some((mistake) => mistake.code === 'empty-goal')) return 'empty-goal';
	return mistakes.every((mistake) => mistake.code === 'too-large') ? 'too-large' : 'invalid-input';
}

function depth(issues: readonly Issue[]): number {
	return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function describePath(path: readonly PropertyKey[]): string {
	let text = '';
	for (const key of path)
		text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key).slice(0, 100)}`;
	return text === '' ? '(all)' : text;
}
