import type { Document } from '@errand/core/domain/document.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';
import type { Passage } from '../../passages.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';
import { partText } from './cut-parts.ts';

/** partMessages asks for what a part of some documents says, with the words that say it; documents are numbered from one. */
export function partMessages(asked: {
	documents: readonly { document: Document; passages: readonly Passage[] }[];
	task: string;
	focus: string | undefined;
	most: number;
}): ModelMessage[] {
	const { documents, task, focus, most } = asked;
	const texts = documents.map(({ document, passages }) => ({ ...document, markdown: partText(passages) }));
	// Parts are cut to fit already.
	const { text } = wrapUntrusted(texts, Number.MAX_SAFE_INTEGER);
	const wanted = focus === undefined ? '' : `What the person wants, in their words:\n${focus}\n\n`;
	return [
		{ role: 'system', text: `${SYSTEM}\n\n${UNTRUSTED_RULES}` },
		{
			role: 'user',
			text: `${wanted}${task}\nGive up to ${most} statements, the most telling first.\n\n${text}`,
		},
	];
}

const SYSTEM = `You read documents for someone and report what they say, exactly.
Reply with JSON: {"statements": [{"document", "kind", "statement", "quote"}]}.
- "document": the number of the document.
- "kind": topic, figure, deadline, obligation, risk, change or question (something left open).
- "statement": one sentence that can stand by itself, in the language of the person's request, else of the document. Keep figures, names and dates exactly as the document writes them; calculate nothing.
- "quote": the words of the document that say it, copied character by character, a whole sentence, list item or table row. Never shorten, correct or join quotes. A quote that is not in the document makes the statement worthless.
Report only what the documents say, not what you know. Who claims something is part of the statement where it is a claim. Where nothing is on the request, reply with an empty list.`;
