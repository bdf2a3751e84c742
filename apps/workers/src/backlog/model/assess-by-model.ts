import { type Assessment, DRAFT_LIMITS, type GivenItem } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { assessByRules } from '../rules/assess-by-rules.ts';
import { askValue } from './ask-value.ts';
import { findingText, itemText } from './item-text.ts';
import { gaveNo, type ItemWork, type Made, replyRoom, wordsFor } from './item-work.ts';
import { ScoresReply } from './reply-shapes.ts';

/** assessByModel has a model say how hard items are; those it left out are measured by rules. */
export async function assessByModel(
	model: RunModel,
	items: readonly GivenItem[],
	{ findings }: Pick<ItemWork, 'findings'>,
): Promise<Made<Assessment[]>> {
	const words = wordsFor(items, findings);
	const { scores } = await askValue(model, {
		purpose: 'backlog.complexity',
		prompt: 'assess',
		told: [`Judge ${items.length === 1 ? 'this task' : `these ${items.length} tasks`}.`],
		given: [...items.map(itemText), ...findingText(findings)],
		name: 'backlog_scores',
		schema: ScoresReply,
		maxTokens: replyRoom(model, 4_000),
	});
	const byId = new Map(scores.map((score) => [String(score.id), score]));
	const missing = items.filter(({ id }) => !byId.has(id));
	if (missing.length === items.length) throw gaveNo(model, 'scores of these tasks');
	const made = items.map((item): Assessment => {
		const measured = assessByRules(item);
		const score = byId.get(item.id);
		if (score === undefined) return measured;
		const prompt = words.markdown(score.prompt, 2_000);
		const reasoning = words.markdown(score.reasoning, 2_000);
		return {
			...measured,
			complexityScore: within(1, score.score, 10),
			recommendedSubtasks: within(0, score.subtasks, DRAFT_LIMITS.subitems),
			expansionPrompt: prompt === '' ? measured.expansionPrompt : prompt,
			reasoning: reasoning === '' ? measured.reasoning : reasoning,
		};
	});
	const ids = missing.map(({ id }) => id).join(', ');
	return {
		made,
		warnings: [...words.warnings, ...(ids === '' ? [] : [`The model gave no score for ${ids}: measured by rules.`])],
	};
}

function within(least: number, value: number, most: number): number {
	return Math.min(most, Math.max(least, Math.round(Number.isFinite(value) ? value : least)));
}
