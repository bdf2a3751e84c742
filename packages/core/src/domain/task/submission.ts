import type { ConversationId, PersonId } from '../ids.ts';
import type { Attachment, Budget } from './facts.ts';

/** Turn is something said in a conversation that is kept elsewhere. */
export interface Turn {
	readonly role: 'system' | 'user' | 'assistant';
	readonly text: string;
}

/** Submission is what a person gave: the goal, what came along, and the bounds. `deadline` is ms since 1970. */
export interface Submission {
	readonly goal: string;
	readonly person: PersonId;
	/** Where it was said, if it was said in a conversation; its reports go there. */
	readonly conversation?: ConversationId | undefined;
	/** The platform's id of the message it was said in. */
	readonly inReplyTo?: string | undefined;
	/** Where the goal's words come from, when they are not the person's own: `hook:<name>`. All steps are tainted by it. */
	readonly origins?: readonly string[] | undefined;
	/** Its reports are wanted even where no conversation hears them: by webhooks. */
	readonly announced?: boolean | undefined;
	/** Its end is wanted even where nobody hears it: by the memory. */
	readonly noted?: boolean | undefined;
	/** Nobody waits for it: a schedule began it. */
	readonly unhurried?: boolean | undefined;
	/** What the person asked before, in a conversation that is kept elsewhere; oldest first. */
	readonly earlierGoals?: readonly string[] | undefined;
	/** The goal is only to be answered, at once and without steps; what was said before it, oldest first. */
	readonly answerOnly?: readonly Turn[] | undefined;
	readonly attachments: readonly Attachment[];
	/** Nothing runs before the person has approved the plan. */
	readonly approve: boolean;
	readonly budget: Budget;
	readonly deadline?: number | undefined;
}
