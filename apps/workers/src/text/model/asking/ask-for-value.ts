import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import type { z } from 'zod';

/** What is asked, in paragraphs: `system` in our words alone, `user` with what people and strangers wrote. */
export interface ValueRequest<T> {
	readonly purpose: string;
	readonly system: readonly string[];
	readonly user: readonly string[];
	readonly name: string;
	readonly schema: z.ZodType<T>;
	readonly maxTokens: number;
}

/** askForValue asks a model one question whose answer is a value. */
export async function askForValue<T>(model: RunModel, request: ValueRequest<T>): Promise<T> {
	const { purpose, system, user, name, schema, maxTokens } = request;
	const { value } = await structuredReply(model, {
		purpose,
		messages: [
			{ role: 'system', text: system.join('\n\n') },
			{ role: 'user', text: user.join('\n\n') },
		],
		name,
		schema,
		maxTokens,
	});
	return value;
}
