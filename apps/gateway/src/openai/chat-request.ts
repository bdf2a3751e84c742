import { z } from 'zod';
import { ContentSchema, contentOf, PastContentSchema } from './content-parts.ts';
import type { Said } from './said.ts';

const MessageSchema = z.discriminatedUnion('role', [
	z.looseObject({ role: z.literal('user'), content: ContentSchema.nullish() }),
	z.looseObject({
		role: z.enum(['system', 'developer', 'assistant', 'tool', 'function']),
		content: PastContentSchema.nullish(),
	}),
]);

const N = 'must be 1: Errand gives one answer';

/** SettingsSchema parses what both of OpenAI's APIs have in common and Errand looks at; everything else is let be. */
export const SettingsSchema = z.looseObject({
	model: z.string().min(1).max(200),
	stream: z.boolean().nullish(),
	tools: z.array(z.json()).nullish(),
	tool_choice: z.json().nullish().describe('Errand has tools of its own and never calls those of a client.'),
	metadata: z.record(z.string(), z.json()).nullish(),
});

/** ChatRequestSchema parses the body of `POST /v1/chat/completions`. Fields it does not name are accepted and mean nothing here. */
export const ChatRequestSchema = SettingsSchema.extend({
	messages: z.array(MessageSchema).min(1).max(5_000),
	n: z.literal(1, { error: N }).nullish(),
	stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
	response_format: z.looseObject({ type: z.string() }).nullish(),
});
export type ChatRequest = z.output<typeof ChatRequestSchema>;

/** conversationOf is the conversation of a request; what a client's own tools said is left out, because they are not used here. */
export function conversationOf({ messages, response_format }: ChatRequest): Said[] {
	const said = messages.flatMap(({ role, content }): Said[] => {
		if (role === 'tool' || role === 'function') return [];
		return [{ role: role === 'developer' ? 'system' : role, ...contentOf(content ?? []) }];
	});
	return [...formWords(response_format), ...said];
}

/** isForced tells whether a client insists on a call of a tool of its own. */
export function isForced(choice: z.output<typeof SettingsSchema>['tool_choice']): boolean {
	return choice === 'required' || (typeof choice === 'object' && choice !== null && !Array.isArray(choice));
}

const MAX_SCHEMA = 6_000;

/** What form an answer should have, in words: only quick answers can follow it. */
export function formWords(
	format: { readonly type: string; readonly [field: string]: unknown } | null | undefined,
): Said[] {
	if (format?.type !== 'json_object' && format?.type !== 'json_schema') return [];
	const schema = JSON.stringify(format['json_schema'] ?? format['schema'] ?? {}).slice(0, MAX_SCHEMA);
	const text = `Reply with one JSON value and nothing else${format.type === 'json_schema' ? `, of this JSON Schema: ${schema}` : ''}.`;
	return [{ role: 'system', text, attachments: [] }];
}
