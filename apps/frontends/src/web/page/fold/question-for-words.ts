import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { AskedQuestion } from '@errand/core/domain/task/state.ts';
import type { TimelineItem } from './timeline.ts';

/** OpenQuestion is a question of a task; its own id is one among those of its task. */
export interface OpenQuestion {
	readonly taskId: string;
	readonly question: Question;
}

type Asked = Readonly<Record<string, AskedQuestion>> | undefined;

/**
 * questionForWords is the open question that whatever is written next answers, whatever it says: one that asks for words, and
 * the first of the only task that asks. With several tasks asking, and for a choice or an approval, the words decide.
 */
export function questionForWords(
	items: readonly TimelineItem[],
	questionsOf: (taskId: string) => Asked,
): OpenQuestion | undefined {
	const open = items.flatMap((item, place): OpenQuestion[] => {
		if (item.kind !== 'question' || item.reply.question === undefined) return [];
		if (hasEndedSince(items.slice(place), item.taskId)) return [];
		const asked = questionsOf(item.taskId)?.[asQuestionId(item.reply.question.id)];
		return asked?.status === 'open' ? [{ taskId: item.taskId, question: asked.question }] : [];
	});
	const [first, ...others] = open;
	if (first === undefined || others.some(({ taskId }) => taskId !== first.taskId)) return undefined;
	return first.question.kind === 'text' ? first : undefined;
}

/** Nothing of such a task is open, and it need not be followed to know that. */
function hasEndedSince(items: readonly TimelineItem[], taskId: string): boolean {
	return items.some((item) => item.kind === 'end' && item.taskId === taskId && item.reply !== undefined);
}
