import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { answerQuestions } from '../../text/answering/answer-questions.ts';
import { byModelOrRules } from '../../text/model/asking/by-model-or-rules.ts';
import { BY_MODEL } from '../rules/means.ts';
import { answerInWords } from './answer-in-words.ts';
import { searchAndRead } from './read-hits.ts';

/** LookUp is a question about a project. */
export interface LookUp {
	readonly query: string;
	readonly context: string;
	readonly documents: readonly Document[];
	readonly detailLevel: 'low' | 'medium' | 'high';
}

/** FoundOut is the answer, as far as there is one. */
export interface FoundOut {
	readonly text: string;
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
	readonly means: string;
}

const PAGES = { low: 2, medium: 4, high: 7 } as const;

/** lookUp searches the web where that is possible, and answers from what was found, the project's files and what is said of it. */
export async function lookUp(asked: LookUp, context: RunContext, model: RunModel | undefined): Promise<FoundOut> {
	const given = [
		...asked.documents.filter(({ markdown }) => markdown.trim() !== ''),
		...contextDocument(asked.context),
	];
	const { documents: pages, warnings } = await searchAndRead(asked.query, PAGES[asked.detailLevel], context);
	const documents = [...pages, ...given];
	const byRules = () => quoted(asked.query, documents, warnings);
	if (model === undefined) return byRules();
	context.progress({ percent: 40, text: 'Writing the answer' });
	return byModelOrRules<FoundOut>({
		model,
		byRules,
		byModel: async () => {
			const { text, used, warnings: own } = await answerInWords(model, asked, documents);
			const unread = pages.length === 0 ? ['The answer rests on no page of the web.'] : [];
			return {
				text,
				sources: used.map(sourceOf),
				warnings: [...warnings, ...unread, ...own],
				method: 'model',
				means: BY_MODEL,
			};
		},
	});
}

/** The sentences of documents that answer; where there are none, what is missing. */
function quoted(query: string, documents: readonly Document[], warnings: readonly string[]): FoundOut {
	if (documents.length === 0) {
		throw new CoreError(
			'not-possible',
			`“${query.slice(0, 200)}” could not be looked up: ${warnings[0] ?? 'there is nothing to read.'}`,
			{
				hint: 'Configure a search provider (BRAVE_API_KEY or SEARXNG_URL) or a language model, or name files with filePaths.',
			},
		);
	}
	const answered = answerQuestions(documents, [query]);
	return {
		text: answered.text,
		sources: [...answered.sources],
		warnings: [...warnings, ...answered.warnings],
		method: 'rules',
		means:
			'Done by rules, without a language model: the sentences that come closest to the question, as they stand in what was read.',
	};
}

function contextDocument(context: string): Document[] {
	if (context.trim() === '') return [];
	return [{ title: 'The project', kind: 'text', markdown: context, links: [], truncated: false, warnings: [] }];
}

function sourceOf({ title, url, artifact }: Document): Source {
	return { title, ...(url === undefined ? {} : { url }), ...(artifact === undefined ? {} : { artifact }) };
}
