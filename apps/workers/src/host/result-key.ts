import { hash } from 'node:crypto';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';

/** resultKey names what a pure run depends on: capability, its version and build, its input, what the person answered, and the model it used. */
export function resultKey(
	{ name, version, build }: Pick<ICapability, 'name' | 'version' | 'build'>,
	{ input, answers }: Pick<Job, 'input' | 'answers'>,
	model?: string | undefined,
): string {
	const parts = {
		name,
		version,
		...(build === undefined ? {} : { build }),
		input,
		answers: answers.map(({ question, answer }) => ({ question, answer })),
	};
	const withModel = model === undefined ? parts : { ...parts, model };
	return hash('sha256', canonicalJson(withModel), 'hex');
}

/** JSON text with the keys of every object in order, so that equal values have equal text. */
function canonicalJson(value: Json): string {
	return JSON.stringify(value, (_key, part: Json) => {
		if (!isJsonObject(part)) return part;
		const entries = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
		// `__proto__` as a key must stay a key.
		return Object.assign(Object.create(null), Object.fromEntries(entries));
	});
}
