import type { GoalBrief } from './goal-brief.ts';

/**
 * unreadAnswer says what to tell a model that answered in words where there was something to read. One that says it cannot
 * open links has forgotten its capabilities; any other may insist on its words, once it was told that it has read nothing.
 */
export function unreadAnswer(text: string, { unread }: GoalBrief, wasTold: boolean): string | undefined {
	if (!unread) return undefined;
	if (text.length <= MAX_DENIAL && DENIES.test(text)) {
		return 'You need not open anything yourself: the steps of a plan read pages and files. Call propose_plan.';
	}
	if (wasTold) return undefined;
	return 'You have not read what the person gave. If the answer depends on what stands there, propose a plan that reads it; if it truly does not, give the same answer again.';
}

const MAX_DENIAL = 1_500;
const DENIES =
	/\b(?:can(?:no|['’])t|can not|unable to|not able to|don['’]t have (?:the )?(?:ability|access|capability|means)|do not have (?:the )?(?:ability|access|capability|means))\b[^.!?\n]{0,60}\b(?:access|open|browse|visit|view|read|load|fetch|retrieve|internet|links?|urls?|files?|attachments?|pages?|websites?)\b/i;
