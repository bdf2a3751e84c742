import type { Artifact, Question } from './task.ts';

/** Reply is something Errand said; `text` is Markdown. */
export interface Reply {
	readonly id: string;
	readonly kind: 'answer' | 'progress' | 'question' | 'notice';
	readonly text: string;
	readonly question?: Question | undefined;
	readonly artifacts?: Artifact[] | undefined;
	readonly taskId?: string | undefined;
}

/** ConversationEntry is a line of a conversation: what the person wrote, or what Errand said. */
export type ConversationEntry =
	| {
			readonly kind: 'message';
			readonly seq: number;
			readonly at: number;
			readonly clientId: string;
			readonly text: string;
			readonly attachments: (Artifact | { readonly url: string })[];
			readonly taskId?: string | undefined;
	  }
	| {
			readonly kind: 'reply';
			readonly seq: number;
			readonly at: number;
			readonly reply: Reply;
			/** It could not be delivered, and why. */
			readonly undelivered?: { readonly message: string } | undefined;
	  };

/** ConversationSummary is a conversation as a list shows it. */
export interface ConversationSummary {
	readonly id: string;
	readonly frontend: string;
	/** ms since 1970. */
	readonly lastAt: number;
	readonly messages: number;
	/** Replies that could not be delivered there. */
	readonly undelivered: number;
}
