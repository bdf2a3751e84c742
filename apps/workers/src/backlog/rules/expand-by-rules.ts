import { shortened } from '@errand/core/domain/shortened.ts';
import { DRAFT_LIMITS, type DraftSubitem, type GivenItem } from '@errand/core/planning/backlog/draft.ts';
import { namedInPoints } from './needs-of-points.ts';
import { type Point, pointsOf } from './points.ts';

/** Expansion is an item's parts; `generic` where the item says nothing that parts could be made of. */
export interface Expansion {
	readonly subtasks: readonly DraftSubitem[];
	readonly generic: boolean;
	readonly warnings: readonly string[];
}

/** How many parts there are where nobody says, and the item names more. */
const MOST_UNASKED = 12;

/** expandByRules splits an item into the points it names itself; one that names none gets a general breakdown. */
export function expandByRules(item: GivenItem, num?: number): Expansion {
	const { points, tests } = pointsOf(item);
	if (points.length < 2) return { ...generic(item, num), warnings: [] };
	const proof: Point[] =
		tests.length === 0
			? []
			: [{ title: `Check ${lowerFirst(item.title)}`, details: tests.map((text) => `- ${text}`).join('\n') }];
	const most = num ?? MOST_UNASKED;
	const kept = joinedTo(points, Math.max(1, most - (most > 1 ? proof.length : 0)));
	const all = most > 1 ? [...kept, ...proof] : kept;
	const needs = namedInPoints(all);
	const subtasks = all.slice(0, DRAFT_LIMITS.subitems).map((point, at): DraftSubitem => {
		const isProof = proof.length > 0 && at === all.length - 1;
		return {
			id: at + 1,
			title: shortened(point.title, 150),
			description: shortened(point.details.split('\n')[0] ?? point.title, 400),
			details: shortened(point.details, DRAFT_LIMITS.details),
			testStrategy: '',
			// What is checked has to be there.
			dependencies: isProof
				? all.slice(0, at).map((_, place) => place + 1)
				: (needs[at] ?? []).map((place) => place + 1),
		};
	});
	const short = num !== undefined && subtasks.length < num;
	return {
		subtasks,
		generic: false,
		warnings: short
			? [`The task names ${points.length} points, so there are ${subtasks.length} subtasks, not ${num}.`]
			: [],
	};
}

/** Neighbours are joined, the shortest first, until there are few enough. */
function joinedTo(points: readonly Point[], most: number): Point[] {
	const groups = points.map((point) => [point]);
	const sizeAt = (at: number) => (groups[at] ?? []).reduce((sum, { details }) => sum + details.length, 0);
	while (groups.length > most) {
		let best = 0;
		for (let at = 1; at + 1 < groups.length; at += 1) {
			if (sizeAt(at) + sizeAt(at + 1) < sizeAt(best) + sizeAt(best + 1)) best = at;
		}
		groups.splice(best, 2, [...(groups[best] ?? []), ...(groups[best + 1] ?? [])]);
	}
	return groups.map((group): Point => {
		const [first] = group;
		if (group.length === 1 && first !== undefined) return first;
		const titles = group.map(({ title }) => title).join('; ');
		return {
			title: titles.length <= 120 ? titles : `${shortened(first?.title ?? '', 90)} and ${group.length - 1} more`,
			details: group.map(({ title, details }) => `- **${title}**: ${details}`).join('\n'),
		};
	});
}

const STAGES: readonly { readonly title: string; readonly details: string }[] = [
	{
		title: 'Settle what is wanted of',
		details: 'Write down what has to hold, what does not belong to it, and what is still open.',
	},
	{ title: 'Design', details: 'Choose the way to do it, and what of what is there it touches.' },
	{ title: 'Build', details: 'Do it in the smallest form that can be shown.' },
	{
		title: 'Handle errors and edge cases of',
		details: 'Go through what can go wrong or be left out, and make each case clear.',
	},
	{ title: 'Test', details: 'Write tests of what was settled, and run them.' },
	{ title: 'Document and hand over', details: 'Say how it is used, and what is left to do.' },
];

/** Which stages there are, for so many parts. */
const CHOICE: Readonly<Record<number, readonly number[]>> = {
	1: [2],
	2: [2, 4],
	3: [1, 2, 4],
	4: [0, 1, 2, 4],
	5: [0, 1, 2, 3, 4],
	6: [0, 1, 2, 3, 4, 5],
};

function generic({ title, testStrategy }: GivenItem, num = 4): Omit<Expansion, 'warnings'> {
	const choice = CHOICE[Math.min(6, Math.max(1, num))] ?? [1, 2, 4];
	const name = shortened(lowerFirst(title), 120);
	const subtasks = choice.map((stage, at): DraftSubitem => {
		const { title: verb = '', details = '' } = STAGES[stage] ?? {};
		const tests = stage === 4 && testStrategy !== '' ? `\n\n${shortened(testStrategy, 2_000)}` : '';
		return {
			id: at + 1,
			title: `${verb} ${name}`,
			description: details,
			details: `${details}${tests}`,
			testStrategy: '',
			dependencies: at === 0 ? [] : [at],
		};
	});
	return { subtasks, generic: true };
}

/** A name keeps its capitals. */
function lowerFirst(text: string): string {
	return /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
