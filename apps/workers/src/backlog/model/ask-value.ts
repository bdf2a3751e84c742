import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import type { z } from 'zod';
import { roomFor, sizeOf } from '../../text/model/asking/text-size.ts';
import { UNTRUSTED_RULES, type UntrustedText, wrapUntrusted } from '../../text/model/asking/untrusted.ts';
import { type BacklogPrompt, promptText } from './prompt-text.ts';

/** ValueAsked is one question to a model whose answer is a value. */
export interface ValueAsked<T> {
	readonly purpose: string;
	readonly prompt: BacklogPrompt;
	/** What we say ourselves; nothing of others stands in it. */
	readonly told: readonly string[];
	/** What the person said, in their words. */
	readonly said?: string | undefined;
	/** What documents, items and the web say: data. */
	readonly given: readonly UntrustedText[];
	readonly name: string;
	readonly schema: z.ZodType<T>;
	readonly maxTokens: number;
}

/** askValue asks a model one question about data that others wrote. */
export async function askValue<T>(
	model: Pick<RunModel, 'reply' | 'contextTokens'>,
	{ purpose, prompt, told, said, given, name, schema, maxTokens }: ValueAsked<T>,
): Promise<T> {
	const words = said === undefined ? [] : [`What the person wants, in their words:\n${said}`];
	const before = [...words, ...told];
	const room = roomFor(model.contextTokens, maxTokens) - sizeOf(before.join('\n'));
	const { text } = wrapUntrusted(given, Math.max(2_000, room));
	const { value } = await structuredReply(model, {
		purpose,
		messages: [
			{ role: 'system', text: `${promptText(prompt)}\n\n${DATA_RULES}` },
			{ role: 'user', text: [...before, text].join('\n\n') },
		],
		name,
		schema,
		maxTokens,
	});
	return value;
}

/** The first half of what is said of strangers' words holds for a backlog; that everything must be quoted does not. */
const DATA_RULES = [
	...UNTRUSTED_RULES.split('\n').slice(0, 3),
	'Take figures, dates, names and addresses from there as they stand. Write no links and no images that do not stand there.',
].join('\n');
