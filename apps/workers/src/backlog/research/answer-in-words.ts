import type { Document } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { fitDocument } from '../../text/model/asking/fit-document.ts';
import { roomFor, sizeOf } from '../../text/model/asking/text-size.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../../text/model/asking/untrusted.ts';
import { CleanWords } from '../model/clean-words.ts';
import { promptText } from '../model/prompt-text.ts';

/** InWords is an answer that a model wrote, and the documents it names. */
export interface InWords {
	readonly text: string;
	readonly used: readonly Document[];
	readonly warnings: readonly string[];
}

const REPLY_TOKENS = { low: 800, medium: 2_000, high: 4_000 } as const;
const MOST_CHARACTERS = 40_000;

/** answerInWords has a model answer a question from documents, each shortened to what speaks of it. */
export async function answerInWords(
	model: RunModel,
	{ query, detailLevel }: { readonly query: string; readonly detailLevel: 'low' | 'medium' | 'high' },
	documents: readonly Document[],
): Promise<InWords> {
	const maxTokens = Math.min(REPLY_TOKENS[detailLevel], Math.floor(model.contextTokens / 3));
	const room = Math.max(2_000, Math.min(90_000, roomFor(model.contextTokens, maxTokens)) - sizeOf(query));
	const share = Math.floor(room / Math.max(1, documents.length));
	const fitted = documents.map((document) => fitDocument(document, query, share));
	const { text: given } = wrapUntrusted(fitted, room);
	const rules = UNTRUSTED_RULES.split('\n').slice(0, 3).join('\n');
	const length = { low: 'a few sentences', medium: 'a few paragraphs', high: 'in depth' }[detailLevel];
	const reply = await model.reply({
		purpose: 'backlog.research',
		messages: [
			{ role: 'system', text: `${promptText('research')}\n\n${rules}` },
			{ role: 'user', text: `The question, in the person's words:\n${query}\n\nAnswer: ${length}.\n\n${given}`.trim() },
		],
		maxTokens,
	});
	if (reply.finish === 'refusal' || reply.text.trim() === '') {
		const words = reply.text.trim().slice(0, 300);
		throw new CoreError(
			'model-reply',
			`The language model ${model.name} did not answer${words === '' ? '.' : `: “${words}”`}`,
			{
				hint: 'Word the question differently, or configure another model.',
			},
		);
	}
	const words = new CleanWords([...documents.flatMap(({ markdown, url = '' }) => [markdown, url]), query]);
	const text = words.markdown(reply.text, MOST_CHARACTERS);
	const used = documents.filter((_, at) => text.includes(`[${at + 1}]`));
	const cut = reply.finish === 'length' ? ['The answer was cut off, because it was too long.'] : [];
	return { text, used, warnings: [...cut, ...words.warnings] };
}
