import { z } from 'zod';
import { asStepId, asStreamId, asTaskId, type TaskId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { BusMessages } from '../../ports/event-bus.ts';

type Facts = BusMessages['facts'];
type Progress = Omit<BusMessages['progress'], 'taskId'>;

/** BusEnvelope is one message between processes: who says it, their how many-eth it is, and what it says. */
export type BusEnvelope = {
	readonly from: string;
	/** Grows with each message of one sender, so that one that is sent twice is heard once. */
	readonly n: number;
} & (
	| { readonly kind: 'facts'; readonly facts: Facts }
	| { readonly kind: 'progress'; readonly taskId: TaskId; readonly steps: readonly Progress[] }
	| { readonly kind: 'missed' }
);

/** Beyond this many characters, facts are left out and read from the store. */
const MAX_FACTS_LENGTH = 16 * 1024;

/** encodeEnvelope makes the text that travels; facts that are too big for it become the hint that they are there. */
export function encodeEnvelope(envelope: BusEnvelope): string {
	const text = JSON.stringify(envelope);
	if (envelope.kind !== 'facts' || text.length <= MAX_FACTS_LENGTH) return text;
	return JSON.stringify({ ...envelope, facts: hintOf(envelope.facts) });
}

/** hintOf says that facts are there, without them. */
export function hintOf(message: Facts): Facts {
	return { ...message, facts: [] };
}

/** decodeEnvelope reads such a text; undefined for one that this version does not understand. */
export function decodeEnvelope(text: string): BusEnvelope | undefined {
	try {
		return EnvelopeSchema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

// What comes out of JSON.parse is JSON.
const DataSchema = z.custom<JsonObject>((data) => typeof data === 'object' && data !== null && !Array.isArray(data));
const sender = { from: z.string(), n: z.number() };
const EnvelopeSchema = z.discriminatedUnion('kind', [
	z.object({
		...sender,
		kind: z.literal('facts'),
		facts: z.object({
			stream: z.string().transform(asStreamId),
			facts: z.array(z.object({ seq: z.number(), at: z.number(), type: z.string(), v: z.number(), data: DataSchema })),
			home: z.string().optional(),
		}),
	}),
	z.object({
		...sender,
		kind: z.literal('progress'),
		taskId: z.string().transform(asTaskId),
		steps: z.array(
			z.object({
				stepId: z.string().transform(asStepId),
				percent: z.number().optional(),
				text: z.string().optional(),
				partial: z.string().optional(),
			}),
		),
	}),
	z.object({ ...sender, kind: z.literal('missed') }),
]);
