import type { GoalBrief } from './goal-brief.ts';

/**
 * deniesReach recognises the answer of a model that forgot its capabilities: "I cannot open links" where links or files were
 * given. It gives what to tell the model.
 */
export function deniesReach(text: string, { artifacts, given }: GoalBrief): string | undefined {
	if (text.length > MAX_LENGTH || !DENIES.test(text)) return undefined;
	const hasAddress = given.some((one) => /https?:\/\/|www\./i.test(one));
	if (artifacts.size === 0 && !hasAddress) return undefined;
	return 'You need not open anything yourself: the steps of a plan read pages and files. Call propose_plan.';
}

const MAX_LENGTH = 1_500;
const DENIES =
	/\b(?:can(?:no|['’])t|can not|unable to|not able to|don['’]t have (?:the )?(?:ability|access|capability|means)|do not have (?:the )?(?:ability|access|capability|means))\b[^.!?\n]{0,60}\b(?:access|open|browse|visit|view|read|load|fetch|retrieve|internet|links?|urls?|files?|attachments?|pages?|websites?)\b/i;
