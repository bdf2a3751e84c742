import type { RunModel } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { Grid } from '../../comparison/grid.ts';
import { askForValue } from '../asking/ask-for-value.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';

const reasons = z.array(z.object({ text: z.string(), criteria: z.array(z.string()) }));

/** Advice is what a model would choose and why, unchecked; `item` is its number in the table, null for no choice. */
export const AdviceSchema = z.object({ item: z.number().nullable(), reasons, against: reasons.default([]) });
export type Advice = z.output<typeof AdviceSchema>;

/** What to advise on: the finished table, and no word of the documents besides. */
export interface AdviceOrder {
	readonly grid: Grid;
	readonly need: string | undefined;
	/** What rules an item out, in a sentence each. */
	readonly excluded: readonly string[];
	readonly room: number;
	readonly maxTokens: number;
}

/** askAdvice has a model choose for the person, from the checked table alone: what a document says to a model is not in it. */
export function askAdvice(model: RunModel, { grid, need, excluded, room, maxTokens }: AdviceOrder): Promise<Advice> {
	const { text } = wrapUntrusted([{ title: 'The table', markdown: tableText(grid) }], room);
	const wanted =
		need === undefined || need.trim() === ''
			? 'The person did not say what matters to them.'
			: `What matters to the person, in their words:\n${need.slice(0, 4_000)}`;
	const out =
		excluded.length === 0 ? [] : [`Not possible for this person:\n${excluded.map((one) => `- ${one}`).join('\n')}`];
	return askForValue(model, {
		purpose: 'text.compare',
		system: [SYSTEM, UNTRUSTED_RULES],
		user: [wanted, ...out, text],
		name: 'comparison_advice',
		schema: AdviceSchema,
		maxTokens,
	});
}

function tableText({ offers, rows, cells }: Grid): string {
	const items = offers.map(({ name }, index) => `Item ${index + 1}: ${name}`);
	const lines = rows.map((row, at) => {
		const values = offers.map((_, index) => {
			const cell = cells[at]?.[index];
			const note = cell?.note === undefined ? '' : ` (${cell.note})`;
			return `- item ${index + 1}: ${cell?.value ?? 'not stated'}${note}`;
		});
		return `Criterion: ${row.name}\n${values.join('\n')}`;
	});
	return [items.join('\n'), ...lines].join('\n\n');
}

const SYSTEM = `You advise a person which of some items to choose, from a table whose values were checked.
Reply with JSON: {"item", "reasons": [{"text", "criteria"}], "against": [{"text", "criteria"}]}.
- "item": the number of the item that serves this person best; null if the table does not tell.
- "reasons": 1 to 4 sentences that speak to the person, each saying what the item gives them and how it compares, with the figures just as the table writes them, next to the name of their item. "against": up to 2 sentences on what speaks against it.
- "criteria": the criteria of the table that the sentence rests on, spelled as there.
Calculate nothing. What the person says they need comes first, then price.`;
