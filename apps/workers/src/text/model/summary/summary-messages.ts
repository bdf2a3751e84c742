import type { Document } from '@errand/core/domain/document.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';
import type { Passage } from '../../passages.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';
import { partText } from '../reading/cut-parts.ts';
import type { Statement } from '../reading/statement.ts';
import { listStatements } from '../reading/weigh-messages.ts';

/** What a summary is asked to be. */
export interface SummaryWishes {
	readonly focus: string | undefined;
	readonly maxSentences: number;
	readonly style: 'paragraph' | 'bullets' | undefined;
}

/** wholeMessages asks for the summary of documents that the model can read at once. */
export function wholeMessages(
	documents: readonly { document: Document; passages: readonly Passage[] }[],
	wishes: SummaryWishes,
): ModelMessage[] {
	const texts = documents.map(({ document, passages }) => ({ ...document, markdown: partText(passages) }));
	return messages(FROM_DOCUMENTS, wishes, wrapUntrusted(texts, Number.MAX_SAFE_INTEGER).text);
}

/** statementsMessages asks for the summary of what was gathered from documents in parts. */
export function statementsMessages(
	groups: readonly (readonly Statement[])[],
	documents: readonly Document[],
	wishes: SummaryWishes,
): ModelMessage[] {
	const list = { title: 'Statements taken from the documents', markdown: listStatements(groups, documents) };
	return messages(FROM_STATEMENTS, wishes, wrapUntrusted([list], Number.MAX_SAFE_INTEGER).text);
}

function messages(how: string, { focus, maxSentences, style }: SummaryWishes, text: string): ModelMessage[] {
	const wanted = focus === undefined ? '' : `The person cares about: ${focus}\n`;
	const shape =
		style === 'bullets' ? 'Each sentence will be an item of a list.' : 'The sentences will be one paragraph.';
	return [
		{ role: 'system', text: `${HOW}\n${how}\n\n${UNTRUSTED_RULES}` },
		{ role: 'user', text: `${wanted}At most ${maxSentences} sentences. ${shape}\n\n${text}` },
	];
}

const HOW = `You summarise documents for someone, exactly: what matters most in them, and to the person where they care about something.
Each sentence says only what the words it rests on say. Keep figures, dates and names as the documents write them. Write in the language of what the person cares about, else of the documents.`;

const FROM_DOCUMENTS = `Reply with JSON: {"sentences": [{"sentence", "support": [{"document", "quote"}]}]}, in reading order.
- "support": for each thing that the sentence says, the number of the document and its words, copied character by character: a whole sentence, list item or table row. A sentence whose quote is not in the document is thrown away.`;

const FROM_STATEMENTS = `Reply with JSON: {"sentences": [{"sentence", "numbers"}]}, in reading order.
- "numbers": the numbers of the statements that the sentence rests on, all of them and no others.`;
