import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { RunLost } from '@errand/core/ports/run-lost.ts';
import { failureOf } from './failure-of.ts';
import type { HandlerContext } from './run-context.ts';

/** Outputs larger than this are refused; what is meant to be large is saved as an artifact. */
export const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

/** EndedRun is an outcome; of a completed one, `text` is the output as JSON text. */
export interface EndedRun {
	readonly outcome: RunOutcome;
	readonly text?: string;
}

/** runCapability runs a handler once and never throws: input and output are parsed, and whatever happens becomes an outcome. */
export async function runCapability(capability: ICapability, input: Json, context: HandlerContext): Promise<EndedRun> {
	try {
		const parsed = parseInput(capability.input, input, `The input of ${capability.name}`);
		const output = await capability.run(parsed, context);
		if (context.asked !== undefined) return { outcome: { kind: 'asked', questions: context.asked } };
		return completed(capability, output, context);
	} catch (error) {
		if (context.asked !== undefined) return { outcome: { kind: 'asked', questions: context.asked } };
		// Whoever carried it out died with it.
		if (error instanceof RunLost) return { outcome: { kind: 'lost', cause: 'host-died' } };
		return { outcome: { kind: 'failed', failure: failureOf(error) } };
	}
}

function completed(capability: ICapability, produced: unknown, context: HandlerContext): EndedRun {
	const parsed = capability.output.safeParse(produced);
	if (!parsed.success) {
		throw new CoreError(
			'internal',
			`${capability.name} produced an output of the wrong form: ${parsed.error.message}`,
			{
				hint: 'This is a mistake in the capability; leave the step out or use another one.',
				cause: parsed.error,
			},
		);
	}
	const text = jsonText(capability, parsed.data);
	const bytes = text.length > MAX_OUTPUT_BYTES / 3 ? Buffer.byteLength(text) : text.length;
	if (bytes > MAX_OUTPUT_BYTES) {
		const limit = MAX_OUTPUT_BYTES / 1024 / 1024;
		const message = `${capability.name} produced ${Math.ceil(bytes / 1024 / 1024)} MB of output; the limit is ${limit} MB.`;
		throw new CoreError('too-large', message, { hint: 'Ask for less at once, or let the step save a file.' });
	}
	return { outcome: { kind: 'completed', output: (parsed.data ?? null) as Json, origins: context.origins }, text };
}

function jsonText(capability: ICapability, output: unknown): string {
	try {
		return JSON.stringify(output ?? null);
	} catch (error) {
		const isTooLong = error instanceof RangeError;
		const message = `${capability.name} produced an output that cannot be stored: ${describeError(error)}`;
		throw new CoreError(isTooLong ? 'too-large' : 'internal', message, {
			hint: 'Ask for less at once, or let the step save a file.',
			cause: error,
		});
	}
}
