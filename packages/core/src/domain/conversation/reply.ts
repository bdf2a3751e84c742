import type { ArtifactRef } from '../capability.ts';
import type { PersonId, ReplyId, TaskId } from '../ids.ts';
import type { Question } from '../task/question.ts';

/** ReplyBody is something Errand says in a conversation. `text` is Markdown; `id` is stable over every delivery. */
export interface ReplyBody {
	readonly id: ReplyId;
	readonly kind: 'answer' | 'progress' | 'question' | 'notice';
	readonly text: string;
	readonly question?: Question | undefined;
	readonly artifacts?: readonly ArtifactRef[] | undefined;
	readonly taskId?: TaskId | undefined;
	/** Whom it is for; nobody else's answer counts. */
	readonly to?: PersonId | undefined;
	/** The platform's id of the message that led to it, where it was written in the same conversation. */
	readonly inReplyTo?: string | undefined;
}

/** Receipt proves a delivery: the platform's own message ids. */
export interface Receipt {
	readonly platformMessageIds: readonly string[];
	readonly at: number;
	/** The platform will say later whether it arrived. */
	readonly awaitsReport?: boolean | undefined;
	/** What was sent can be edited; noted by the core, from the frontend's limits. */
	readonly editable?: boolean | undefined;
}
