import type { ConversationId, PersonId, ReplyId } from '../ids.ts';
import type { Attachment, Budget } from './facts.ts';

/** Submission is what a person gave: the goal, what came along, and the bounds. `deadline` is ms since 1970. */
export interface Submission {
	readonly goal: string;
	readonly person: PersonId;
	/** Where it was said, if it was said in a conversation; its reports go there. */
	readonly conversation?: ConversationId | undefined;
	readonly replyTo?: ReplyId | undefined;
	readonly attachments: readonly Attachment[];
	/** Nothing runs before the person has approved the plan. */
	readonly approve: boolean;
	readonly budget: Budget;
	readonly deadline?: number | undefined;
}
