import { FIRST_TAG } from '../backlog/state.ts';

const LONGEST_TAG = 60;

/** branchName names an item's branch: `task-7`, or `task-7-payments` in the tag "payments". It is safe in any command line. */
export function branchName(tag: string, item: number): string {
	const words = tag
		.replace(/[^A-Za-z0-9]+/g, '-')
		.slice(0, LONGEST_TAG)
		.replace(/^-+|-+$/g, '');
	return tag === FIRST_TAG ? `task-${item}` : `task-${item}-${words === '' ? 'tag' : words}`;
}
