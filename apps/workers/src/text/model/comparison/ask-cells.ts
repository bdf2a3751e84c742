import type { Document } from '@errand/core/domain/document.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { askForValue } from '../asking/ask-for-value.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';

/** Readings is what a model says it read in documents, unchecked; `document` is the number in the prompt. */
export const ReadingsSchema = z.object({
	cells: z.array(
		z.object({
			document: z.number(),
			criterion: z.string(),
			value: z.string(),
			quote: z.string(),
			note: z.string().optional(),
		}),
	),
	remarks: z.array(z.object({ document: z.number(), text: z.string(), quote: z.string() })).default([]),
});
export type Readings = z.output<typeof ReadingsSchema>;

/** What to read documents for. */
export interface ReadingOrder {
	/** With their numbers in the whole comparison, counted from 1. */
	readonly documents: readonly { readonly number: number; readonly name: string; readonly document: Document }[];
	readonly criteria: readonly string[];
	/** The model may name more criteria. */
	readonly open: boolean;
	readonly need: string | undefined;
	readonly asOf: string | undefined;
	readonly room: number;
	readonly maxTokens: number;
}

/** askCells has a model read what documents state on each criterion. */
export function askCells(model: RunModel, order: ReadingOrder): Promise<Readings> {
	const { documents, criteria, open, need, asOf, room, maxTokens } = order;
	const names = documents.map(({ number, name }) => `Document ${number}: ${name}`);
	const [first] = documents;
	const { text } = wrapUntrusted(
		documents.map(({ document }) => document),
		room,
		{ first: first?.number ?? 1 },
	);
	const asked = [
		...(need === undefined || need === ''
			? []
			: [`What matters to the person, in their words:\n${need.slice(0, 4_000)}`]),
		...(asOf === undefined ? [] : [`The day to compare for: ${asOf}. What is not in force on it does not count.`]),
		`Criteria:\n${criteria.map((name) => `- ${name}`).join('\n') || '- (none yet: name them)'}`,
		...(open
			? ['You may add up to 6 criteria that matter to this person and that most of the documents speak of.']
			: []),
		`The documents:\n${names.join('\n')}`,
		text,
	];
	return askForValue(model, {
		purpose: 'text.compare',
		system: [SYSTEM, UNTRUSTED_RULES],
		user: asked,
		name: 'comparison_cells',
		schema: ReadingsSchema,
		maxTokens,
	});
}

const SYSTEM = `You read documents that are to be compared, exactly.
Reply with JSON: {"cells": [{"document", "criterion", "value", "quote", "note"}], "remarks": [{"document", "text", "quote"}]}.
- One cell for each document and criterion that the document states. No cell where it does not.
- "criterion": one of the criteria, spelled as given.
- "value": the value in a few words, with figures, currency and period as the document writes them. The value that holds now, for everyone, for this offer: no former price, no example, no value of another offer. For whether something is included: "Covered", "Not covered" or "Optional extra", with the limit.
- "quote": the words of that document that state the value, copied character by character, a whole sentence, list item or table row.
- "note": only where the value has a condition; every figure of it must stand in the quote.
- "remarks": up to 3 for each document: a condition, trap or open point that a careful adviser would mention for this person, with its quote.`;
