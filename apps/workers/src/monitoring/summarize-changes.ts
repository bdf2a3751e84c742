import type { Document } from '@errand/core/domain/document.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { findNumbers } from '../text/model/checking/numbers.ts';
import { summarizeByModel } from '../text/model/summary/summarize-by-model.ts';
import type { WatchedPage } from './change-text.ts';
import type { PageChange } from './page-change.ts';

const FOCUS =
	'What changed on the page between the version before and the version now. Say in one to three sentences what matters most: what is new, what is gone, from what to what figures went.';
const MAX_SENTENCES = 3;

/**
 * summarizeChanges has a model say what changed. It sees the differences alone, as strangers' words; each sentence rests on words and
 * figures of them, and one that says up where every figure went down is left out, or the other way round.
 */
export async function summarizeChanges(
	changes: readonly PageChange[],
	page: WatchedPage,
	run: { readonly model: RunModel; readonly context: Pick<RunContext, 'signal' | 'progress'> },
): Promise<{ readonly sentences: readonly string[]; readonly warnings: readonly string[] }> {
	const documents = [
		version(
			`${page.title} – before`,
			changes.flatMap(({ before }) => before ?? []),
		),
		version(
			`${page.title} – now`,
			changes.flatMap(({ after }) => after ?? []),
		),
	].filter(({ markdown }) => markdown !== '');
	const { made, warnings } = await summarizeByModel({ documents, focus: FOCUS, maxSentences: MAX_SENTENCES }, run);
	return { sentences: (made?.sentences ?? []).filter((sentence) => pointsRight(sentence, changes)), warnings };
}

function version(title: string, lines: readonly string[]): Document {
	const markdown = lines.map((line) => `${line.replace(/([^.!?…])$/, '$1.')}`).join('\n\n');
	return { title, kind: 'text', markdown, links: [], truncated: false, warnings: [] };
}

const UP =
	/\b(?:rose|risen|rises?|rising|increas\w*|higher|went up|gone up|up from|more expensive|dearer|grew|grown|raised)\b/i;
const DOWN =
	/\b(?:fell|fallen|falls?|falling|decreas\w*|lower\w*|went down|gone down|down from|cheaper|dropp?\w*|shrank|reduc\w*|cut)\b/i;

/** pointsRight tells whether a sentence says up or down as the figures of the changes do. */
export function pointsRight(sentence: string, changes: readonly PageChange[]): boolean {
	const [up, down] = [UP.test(sentence), DOWN.test(sentence)];
	if (up === down) return true;
	const ways = changes.flatMap(({ before, after }) =>
		before === undefined || after === undefined ? [] : wayOf(before, after),
	);
	return ways.length === 0 || ways.includes(up ? 1 : -1);
}

/** Which way the figures of a line went, one by one; nothing where they cannot be told apart. */
function wayOf(before: string, after: string): number[] {
	const [old, now] = [before, after].map((text) => findNumbers(text).map(({ readings }) => readings[0] ?? 0));
	if (old === undefined || now === undefined || old.length !== now.length) return [];
	return old.flatMap((value, at) => (value === now[at] ? [] : Math.sign((now[at] ?? value) - value)));
}
