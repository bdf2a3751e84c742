import { flagArgument, textArgument } from '../../../domain/backlog/arguments.ts';
import { CoreError } from '../../../domain/errors.ts';
import { isJsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import { DRAFT_LIMITS } from '../draft.ts';
import { findItem } from '../find-item.ts';
import type { OperationRules, OperationSight } from '../operation.ts';
import { howDone, nothingCame, resultOf, textOf } from '../outcome.ts';
import { planStep, readFiles } from '../plan-steps.ts';

/** research answers a question about the project from the web, its files and its items. */
export const research: OperationRules = {
	plan(sight, call) {
		const { args } = call;
		const query = textArgument(args, 'query');
		if (query === undefined) {
			throw new CoreError('invalid-input', '"query" is empty, so there is nothing to look up.', {
				hint: 'Ask a question.',
			});
		}
		const context = [...itemLines(sight, textArgument(args, 'taskIds')), textArgument(args, 'customContext') ?? ''];
		const { steps, documents } = readFiles(call);
		const input = {
			query: shortened(query, 2_000),
			context: shortened(context.join('\n\n').trim(), 8_000),
			detailLevel: levelIn(textArgument(args, 'detailLevel')),
			// An empty text beside it keeps the list there, even if no file could be read.
			...(documents.length === 0 ? {} : { documents: [{ title: 'None', kind: 'text', markdown: '' }, ...documents] }),
		};
		const title = `Find out: ${query}`;
		const look = planStep({ id: 'research', title, capability: 'backlog.research', input, essential: true });
		return {
			goal: shortened(title, 200),
			steps: [...steps.map((step) => ({ ...step, essential: false })), look],
			estimatedSeconds: 30,
		};
	},

	read({ args, outputs, failures, sight }) {
		const output = outputs['research'];
		const text = isJsonObject(output) ? textOf(output['text']) : '';
		if (text === '') return nothingCame(outputs, failures, 'The research');
		const query = textArgument(args, 'query') ?? '';
		const target = textArgument(args, 'saveTo');
		const note = shortened(`**${query}**\n\n${text}`, DRAFT_LIMITS.details);
		const path = `.taskmaster/docs/research/${new Date(sight.at).toISOString().slice(0, 10)}_${slugOf(query)}.md`;
		const isKept = flagArgument(args, 'saveToFile');
		const sources = isJsonObject(output) ? (output['sources'] ?? []) : [];
		const detailLevel = levelIn(textArgument(args, 'detailLevel'));
		const done = howDone([output ?? null], failures);
		return {
			changes: target === undefined ? [] : [{ kind: 'noted', tag: sight.tag, id: target, text: note }],
			result: resultOf(done, { query, result: text, sources, detailLevel }),
			...(isKept ? { files: [{ path, text: `# ${query}\n\n${text}\n` }] } : {}),
		};
	},
};

function itemLines(sight: OperationSight, ids: string | undefined): string[] {
	if (ids === undefined) return [];
	return ids.split(',').map((id) => {
		const { item, subitem } = findItem(sight, id);
		const { title, description = '', details = '' } = subitem ?? item;
		return shortened(`Task ${id.trim()}: ${title}\n${description}\n${details}`.trim(), 3_000);
	});
}

function levelIn(text: string | undefined): 'low' | 'medium' | 'high' {
	return text === 'low' || text === 'high' ? text : 'medium';
}

function slugOf(query: string): string {
	const slug = query
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-|-$/g, '');
	return slug.slice(0, 60) || 'research';
}
