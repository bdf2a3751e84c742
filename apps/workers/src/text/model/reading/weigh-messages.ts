import type { Document } from '@errand/core/domain/document.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';
import { nameSource } from '../../writing/name-source.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';
import type { Statement } from './statement.ts';

/** weighMessages asks which statements say the same, which matter most, and which contradict each other. */
export function weighMessages(asked: {
	groups: readonly (readonly Statement[])[];
	documents: readonly Document[];
	focus: string | undefined;
	keep: number;
}): ModelMessage[] {
	const { groups, documents, focus, keep } = asked;
	const wanted = focus === undefined ? '' : `What the person wants, in their words:\n${focus}\n\n`;
	const list = { title: 'Statements', markdown: listStatements(groups, documents) };
	const { text } = wrapUntrusted([list], Number.MAX_SAFE_INTEGER);
	return [
		{ role: 'system', text: `${SYSTEM}\n\n${UNTRUSTED_RULES}` },
		{
			role: 'user',
			text: `${wanted}Keep at most ${keep} groups.\n\n${text}`,
		},
	];
}

/** listStatements numbers groups of statements, each with its sources and the first one's words. */
export function listStatements(groups: readonly (readonly Statement[])[], documents: readonly Document[]): string {
	return groups
		.map((group, index) => {
			const names = [...new Set(group.map(({ document }) => sourceName(documents, document)))];
			const [first] = group;
			return `${index + 1}. ${first?.text ?? ''} — ${names.join('; ')}: “${first?.quote ?? ''}”`;
		})
		.join('\n');
}

function sourceName(documents: readonly Document[], index: number): string {
	const document = documents[index];
	return document === undefined ? '' : nameSource(document);
}

const SYSTEM = `You weigh statements taken from documents, for someone who will write from them.
Reply with JSON: {"groups": [{"numbers": []}], "contradictions": [{"about", "numbers"}]}.
- "groups": numbers of statements that say the same stand together in one group; a statement that nothing else repeats is a group of its own. The most important group for the person first. Within a group the best source first: one that decides or measured it (a law, an authority, a study, the parties themselves) before one that reports it, newer before older, precise before vague. Leave out what has nothing to do with the request.
- "contradictions": two statements of different sources that cannot both be true (another sum, date, number, or the opposite claim), and in a few words what they are about. Statements of different years, places or things are no contradiction.
Use only the numbers given.`;
