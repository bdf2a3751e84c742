import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { WorkOutcome } from '../../ports/backlog-work.ts';
import type { StepFailures, StepOutputs } from './operation.ts';

/** Done is one step's output, parsed, beside what every `backlog.*` output says of itself. */
export interface HowDone {
	readonly method: 'model' | 'rules';
	readonly means: string;
	readonly warnings: readonly string[];
}

/** howDone reads off outputs how the work was done; one by rules makes the whole one by rules only where all are. */
export function howDone(outputs: readonly Json[], failures: StepFailures): HowDone {
	const objects = outputs.filter(isJsonObject);
	const byModel = objects.some(({ method }) => method === 'model');
	const byRules = objects.some(({ method }) => method !== 'model');
	const means = [...new Set(objects.map((one) => textOf(one['means'])))].filter((text) => text !== '');
	const warnings = objects.flatMap(({ warnings: own }) => (Array.isArray(own) ? own.map(textOf) : []));
	const failed = Object.entries(failures).map(([id, { message }]) => `${id}: ${message}`);
	const mixed = byModel && byRules ? ['Some of it was done by rules, because the model gave nothing usable.'] : [];
	return {
		method: byModel ? 'model' : 'rules',
		means: means.join(' '),
		warnings: [...new Set([...warnings, ...failed, ...mixed])].slice(0, 200),
	};
}

/** withLeft says first what one operation was too small for. */
export function withLeft(done: HowDone, sentence: string | undefined): HowDone {
	return sentence === undefined ? done : { ...done, warnings: [sentence, ...done.warnings].slice(0, 200) };
}

/** resultOf is the answer with how it was done. */
export function resultOf(done: HowDone, result: JsonObject): JsonObject {
	const { method, means, warnings } = done;
	return { ...result, method, means, warnings: [...warnings] };
}

/** nothingCame is an operation that failed whole, in the words of its first failed step. */
export function nothingCame(outputs: StepOutputs, failures: StepFailures, what: string): WorkOutcome {
	const [first] = Object.values(failures);
	const error = {
		code: first?.code ?? 'internal',
		message: `${what} came to nothing${first === undefined ? '.' : `: ${first.message}`}`,
		hint: first?.hint ?? 'Try again; if it happens again, look at the task of this operation.',
	};
	return { changes: [], result: resultOf(howDone(Object.values(outputs), failures), {}), error };
}

/** textOf is a value that should be text. */
export function textOf(value: Json | undefined): string {
	return typeof value === 'string' ? value : '';
}
