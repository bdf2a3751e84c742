import type { ArtifactRef } from '../capability.ts';
import type { ReplyId, TaskId } from '../ids.ts';
import type { Question } from '../task/question.ts';

/** ReplyBody is something Errand says in a conversation. `text` is Markdown; `id` is stable over every delivery. */
export interface ReplyBody {
	readonly id: ReplyId;
	readonly kind: 'answer' | 'progress' | 'question' | 'notice';
	readonly text: string;
	readonly question?: Question | undefined;
	readonly artifacts?: readonly ArtifactRef[] | undefined;
	readonly taskId?: TaskId | undefined;
}

/** Receipt proves a delivery: the platform's own message ids. */
export interface Receipt {
	readonly platformMessageIds: readonly string[];
	readonly at: number;
}
