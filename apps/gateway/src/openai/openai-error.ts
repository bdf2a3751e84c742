import type { ErrorCode } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import type { Problem } from '../http/problem.ts';

/** OpenAiErrorSchema describes a refusal on the paths of OpenAI's APIs, in the form its clients read. */
export const OpenAiErrorSchema = z.object({
	error: z.object({
		message: z.string(),
		type: z.string(),
		param: z.string().nullable(),
		code: z.string().nullable(),
	}),
});

/** speaksOpenAi tells whether a path belongs to OpenAI's APIs. */
export function speaksOpenAi(path: string): boolean {
	return /^\/v1\/(?:models|chat|responses|completions|embeddings)(?:\/|$)/.test(path);
}

/** openAiError says a problem the way OpenAI does; the hint comes along, because clients show the message only. */
export function openAiError({ status, code, detail, hint, errors }: Problem): z.output<typeof OpenAiErrorSchema> {
	const message = hint === '' ? detail : `${detail}${/[.!?]$/.test(detail) ? '' : '.'} ${hint}`;
	const param = status === 400 ? (errors?.[0]?.path.replace(/^\(all\)$/, '') ?? '') : '';
	return { error: { message, type: typeOf(status), param: param || null, code: CODES[code as ErrorCode] ?? code } };
}

/** errorHeaders tell OpenAI's own clients not to send again by themselves what would not go better: each time is a new task. */
export function errorHeaders({ status, code }: Problem): Record<string, string> {
	const again = status === 429 || code === 'shutting-down' || code === 'disk-full';
	return { 'x-should-retry': again ? 'true' : 'false' };
}

const CODES: Partial<Record<ErrorCode, string>> = {
	unauthorized: 'invalid_api_key',
	'rate-limited': 'rate_limit_exceeded',
};

function typeOf(status: number): string {
	if (status === 401) return 'authentication_error';
	if (status === 403) return 'permission_error';
	if (status === 404) return 'not_found_error';
	if (status === 429) return 'rate_limit_error';
	return status >= 500 ? 'server_error' : 'invalid_request_error';
}
