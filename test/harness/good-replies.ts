import { backlogReply } from './backlog-mind.ts';
import { documentsIn } from './reading-prompts.ts';

/** GoodReply is what a well-behaved model says: words (JSON where that is wanted), or the call of a tool. */
export type GoodReply = string | { readonly call: string; readonly args: unknown };

/** goodReply makes a plain, true reply to any request that Errand sends, from the request alone. */
export function goodReply(prompt: string, plans: boolean): GoodReply {
	if (plans) return /capital of France/.test(prompt) ? 'The capital of France is Paris.' : aPlan();
	const sentences = documentsIn(prompt).flatMap(({ number, text }) =>
		(text.match(/The [^.\n]*\./g) ?? []).map((quote) => ({ document: number, quote })),
	);
	if (prompt.includes('{"statements":')) {
		return value({ statements: sentences.map((one) => ({ ...one, kind: 'figure', statement: one.quote })) });
	}
	if (prompt.includes('{"groups":')) return value({ groups: [{ numbers: [1] }, { numbers: [2] }], contradictions: [] });
	if (prompt.includes('{"cells":')) return value({ cells: [], remarks: [] });
	if (prompt.includes('{"item",')) return value({ item: null, reasons: [], against: [] });
	if (prompt.includes('{"answers":')) {
		const [first] = sentences;
		const answer = first === undefined ? null : first.quote;
		return value({ answers: [{ question: 1, answer, certain: true, quotes: first === undefined ? [] : [first] }] });
	}
	if (prompt.includes('{"sentences":')) {
		return value({ sentences: sentences.slice(0, 2).map((one) => ({ sentence: one.quote, support: [one] })) });
	}
	const work = backlogReply(prompt);
	if (work !== undefined) return value(work);
	const points = [...prompt.matchAll(/^\[(\d+)\] (.*?) — /gm)];
	return `## In short\n\n${points.map(([, mark, text]) => `- ${text} [${mark}]`).join('\n')}\n`;
}

function aPlan(): GoodReply {
	const input = { text: 'The Alder plan costs $120 per year. The Birch plan costs $90 per year.' };
	return { call: 'propose_plan', args: { steps: [{ id: 's', title: 'Sum up', capability: 'text.summarize', input }] } };
}

function value(json: unknown): string {
	return JSON.stringify(json);
}
