import type { Item, Subitem } from '../backlog/item.ts';
import { shortened } from '../shortened.ts';
import type { TestCounts } from './loop.ts';
import { countsInWords } from './test-counts.ts';

const LONGEST_SUBJECT = 72;
const LONGEST_BODY = 1_000;
const LONGEST_OWN = 10_000;

/** commitMessage is what a subitem's commit says: its title, its description, and what it belongs to. */
export function commitMessage({ id, title }: Item, sub: Subitem, tests: TestCounts | undefined): string {
	const suffix = ` (task ${id}.${sub.id})`;
	const subject = `${shortened(oneLine(sub.title) || oneLine(title), LONGEST_SUBJECT - suffix.length)}${suffix}`;
	const body = shortened(cleaned(sub.description ?? ''), LONGEST_BODY);
	const trailers = [`Task: ${id}.${sub.id}`, ...(tests === undefined ? [] : [`Tests: ${countsInWords(tests)}`])];
	return [subject, ...(body === '' ? [] : [body]), trailers.join('\n')].join('\n\n');
}

/** ownMessage is a message that somebody wrote, without what no message may hold; empty where nothing is left. */
export function ownMessage(text: string): string {
	return cleaned(text).slice(0, LONGEST_OWN).trim();
}

const oneLine = (text: string) => cleaned(text).replace(/\s+/g, ' ');

function cleaned(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
}
