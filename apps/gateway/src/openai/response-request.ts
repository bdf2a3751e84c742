import { z } from 'zod';
import { formWords, SettingsSchema } from './chat-request.ts';
import { ContentSchema, contentOf, PastContentSchema } from './content-parts.ts';
import type { Said } from './said.ts';

const type = z.literal('message').optional();
const MessageItem = z.discriminatedUnion('role', [
	z.looseObject({ type, role: z.literal('user'), content: ContentSchema }),
	z.looseObject({ type, role: z.enum(['system', 'developer', 'assistant']), content: PastContentSchema }),
]);
/** Calls of tools, reasoning and references to stored items: clients send back what other models gave them. */
const OtherItem = z.looseObject({ type: z.string().refine((type) => type !== 'message') });

/** ResponseRequestSchema parses the body of `POST /v1/responses`. Fields it does not name are accepted and mean nothing here. */
export const ResponseRequestSchema = SettingsSchema.extend({
	input: z.union([
		z.string().min(1),
		z
			.array(z.union([MessageItem, OtherItem]))
			.min(1)
			.max(5_000),
	]),
	instructions: z.string().nullish(),
	previous_response_id: z.string().max(200).nullish(),
	background: z.boolean().nullish(),
	text: z.looseObject({ format: z.looseObject({ type: z.string() }).nullish() }).nullish(),
});
export type ResponseRequest = z.output<typeof ResponseRequestSchema>;

/** inputOf is the conversation of a request, its instructions first. */
export function inputOf({ input, instructions, text }: ResponseRequest): Said[] {
	const opening: Said[] = [
		...(instructions == null ? [] : [{ role: 'system' as const, text: instructions, attachments: [] }]),
		...formWords(text?.format),
	];
	if (typeof input === 'string') return [...opening, { role: 'user', text: input, attachments: [] }];
	const messages = input.filter(isMessage);
	return [...opening, ...messages.map(({ role, content }) => ({ role: roleOf(role), ...contentOf(content) }))];
}

function isMessage(
	item: z.output<typeof MessageItem> | z.output<typeof OtherItem>,
): item is z.output<typeof MessageItem> {
	return (
		'role' in item &&
		'content' in item &&
		Array.isArray(item.content) &&
		(item.type === undefined || item.type === 'message')
	);
}

function roleOf(role: z.output<typeof MessageItem>['role']): Said['role'] {
	return role === 'developer' ? 'system' : role;
}
