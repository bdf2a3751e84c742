import type { ConversationSummary } from '@errand/core/orchestrator/desks/desk.ts';
import type { PeopleApi } from './people-api.ts';

/** ConversationList is as much of somebody's conversations as was read, latest word first. */
export interface ConversationList {
	readonly conversations: readonly ConversationSummary[];
	readonly more: boolean;
}

/** readPages reads the conversations held elsewhere, this many pages of the list; the page's own stand in the chat. */
export async function readPages(api: Pick<PeopleApi, 'conversations'>, pages: number): Promise<ConversationList> {
	const found: ConversationSummary[] = [];
	let before: number | undefined;
	for (let page = 0; page < pages; page++) {
		const { conversations, next } = await api.conversations(before);
		found.push(...conversations.filter(({ frontend }) => frontend !== 'web'));
		before = next;
		if (before === undefined) break;
	}
	return { conversations: found.toSorted((a, b) => b.lastAt - a.lastAt), more: before !== undefined };
}
