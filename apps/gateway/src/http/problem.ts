import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import { type InputProblem, InvalidInputError } from '@errand/core/domain/parse-input.ts';
import { z } from 'zod';
import { ERROR_STATUS } from './error-status.ts';

/** PROBLEM_TYPE is the media type of every refusal (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** ProblemSchema describes every refusal; `code` is for programs, `detail` and `hint` are for people. */
export const ProblemSchema = z.object({
	type: z.string(),
	title: z.string(),
	status: z.int(),
	code: z.string(),
	detail: z.string(),
	hint: z.string(),
	instance: z.string().optional().describe('The call that was refused.'),
	errors: z
		.array(z.object({ path: z.string(), message: z.string() }))
		.optional()
		.describe('Each problem of an input, with its place.'),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** RateLimited refuses a call and says after how many ms to come back. */
export class RateLimited extends CoreError {
	readonly retryAfterMs: number;

	constructor(retryAfterMs: number, what: string, how = 'came too fast') {
		super('rate-limited', `${what} ${how}.`, {
			hint: `Wait ${secondsUp(retryAfterMs)} s before the next one.`,
		});
		this.retryAfterMs = retryAfterMs;
	}
}

/** problemOf words anything thrown as a problem. What is not a refusal is told to the log, not to the caller. */
export function problemOf(error: unknown, instance?: string): Problem {
	const refusal = asRefusal(error);
	const { status, title } = ERROR_STATUS[refusal.code];
	const errors: readonly InputProblem[] | undefined = error instanceof InvalidInputError ? error.problems : undefined;
	return {
		type: `urn:errand:problem:${refusal.code}`,
		title,
		status,
		code: refusal.code,
		detail: refusal.message,
		hint: refusal.hint,
		...(instance === undefined ? {} : { instance }),
		...(errors === undefined ? {} : { errors: [...errors] }),
	};
}

/** problemHeaders are the headers that go with a refusal. */
export function problemHeaders(error: unknown): Record<string, string> {
	if (error instanceof RateLimited) return { 'Retry-After': String(secondsUp(error.retryAfterMs)) };
	if (error instanceof CoreError && error.code === 'unauthorized') return { 'WWW-Authenticate': 'Bearer' };
	if (error instanceof CoreError && error.code === 'store-unreachable') return { 'Retry-After': '2' };
	if (error instanceof CoreError && error.code === 'shutting-down') return { 'Retry-After': '2', Connection: 'close' };
	return {};
}

function secondsUp(ms: number): number {
	return Math.max(1, Math.ceil(ms / 1_000));
}

function asRefusal(error: unknown): { code: ErrorCode; message: string; hint: string } {
	if (error instanceof CoreError) return error;
	return bodyRefusal(error) ?? INTERNAL;
}

const INTERNAL = {
	code: 'internal',
	message: 'The call broke something inside the server.',
	hint: 'Try it again; the log of the server tells more, under the X-Request-Id of this answer.',
} as const;

// express and its body parser throw errors that carry a `type` or a status of their own.
function bodyRefusal(error: unknown): { code: ErrorCode; message: string; hint: string } | undefined {
	if (!(error instanceof Error)) return undefined;
	const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
	const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
	if (type === 'entity.parse.failed') {
		return {
			code: 'invalid-input',
			message: `The body is not valid JSON: ${error.message}`,
			hint: 'Send one JSON object.',
		};
	}
	if (type === 'entity.too.large') {
		return { code: 'too-large', message: 'The body is larger than this call takes.', hint: 'Send less at once.' };
	}
	if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
		return {
			code: 'unsupported-type',
			message: `The body cannot be decoded: ${error.message}.`,
			hint: 'Send UTF-8 JSON.',
		};
	}
	if (status >= 400 && status < 500) {
		return {
			code: 'invalid-input',
			message: `The request cannot be read: ${error.message}.`,
			hint: 'Mend the request.',
		};
	}
	return undefined;
}
