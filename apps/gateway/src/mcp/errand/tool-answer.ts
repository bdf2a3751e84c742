import { isCoreError } from '@errand/core/domain/errors.ts';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** answered says `{data}`, as JSON text for models and as structured content for programs. */
export function answered(data: object): CallToolResult {
	return { content: [{ type: 'text', text: JSON.stringify({ data }) }], structuredContent: { data } };
}

/** refused words a refusal for the model: what was attempted, and what to do; anything else is thrown on. */
export function refused(error: unknown): CallToolResult {
	if (!isCoreError(error)) throw error;
	const { code, message, hint } = error;
	return {
		content: [{ type: 'text', text: `${message} ${hint}`.trim() }],
		isError: true,
		_meta: { 'errand/refusal': { code, message, hint } },
	};
}
