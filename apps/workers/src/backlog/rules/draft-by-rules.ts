import { shortened } from '@errand/core/domain/shortened.ts';
import { DRAFT_LIMITS, type DraftItem, type Neighbour } from '@errand/core/planning/backlog/draft.ts';
import { namedPriority, priorityOf } from '../reading/demand.ts';
import { facetsOf } from '../reading/facets.ts';
import { NeedsIndex, phrasesIn } from '../reading/find-needs.ts';
import { readOutline } from '../reading/outline.ts';
import { renderBlocks, textsOf } from '../reading/unit.ts';
import { sentencesOf, titleFrom } from '../reading/wording.ts';

/** draftByRules makes an item of what somebody said, in their words. Dependencies are those they name. */
export function draftByRules(prompt: string, neighbours: readonly Neighbour[]): DraftItem {
	const root = readOutline(prompt);
	const { content, priority, needs, tests } = facetsOf(root.blocks, root.sections);
	const sentences = sentencesOf(textsOf(content)).slice(0, 200);
	const units = neighbours.map(({ id, title }) => ({ title, refs: [id, `task${id}`, `item${id}`], within: [] }));
	const index = new NeedsIndex(units);
	const named = [
		...needs.flatMap((phrase) => [...index.named(phrase, true), ...numbered(phrase, neighbours)]),
		...sentences.flatMap(phrasesIn).flatMap((phrase) => index.named(phrase, false)),
	];
	const ids = named.flatMap((at) => {
		const id = Number(neighbours[at]?.id);
		return Number.isInteger(id) ? [id] : [];
	});
	return {
		id: 1,
		title: shortened(titleFrom(root.sections[0]?.title ?? sentences[0] ?? prompt), DRAFT_LIMITS.title),
		description: shortened(sentences.slice(0, 2).join(' '), 400),
		details: shortened(renderBlocks(content), DRAFT_LIMITS.details),
		testStrategy: shortened(tests.map((text) => `- ${text}`).join('\n'), DRAFT_LIMITS.test),
		priority: priorityOf({ named: priority ?? urgency(prompt), sentences, phase: undefined }),
		dependencies: [...new Set(ids)].sort((one, other) => one - other),
	};
}

/** “Depends on: 3, 5” means ids. */
function numbered(phrase: string, neighbours: readonly Neighbour[]): number[] {
	const ids = phrase.match(/(?<![\d.])\d{1,6}(?![\d.]*\d)/g) ?? [];
	return ids.map((id) => neighbours.findIndex((one) => one.id === id)).filter((at) => at >= 0);
}

function urgency(prompt: string) {
	const word = /\b(urgent|critical|high priority|low priority|minor|asap)\b/i.exec(prompt)?.[1] ?? '';
	return /^asap$/i.test(word) ? 'high' : namedPriority(word.replace(/ priority$/i, ''));
}
