import type { OutlineBlock } from './outline.ts';
import { textsOf, type Unit } from './unit.ts';
import { namedIn, titleFrom } from './wording.ts';

/** resize joins or splits things until there are as many as wanted, or nothing sensible is left to join or split. */
export function resize(units: readonly Unit[], wanted: number): Unit[] {
	if (units.length > wanted) return joined(units, wanted);
	return units.length < wanted ? split(units, wanted) : [...units];
}

/** Neighbours of one section are joined, the shortest first; then neighbours of whatever section. */
function joined(units: readonly Unit[], wanted: number): Unit[] {
	let groups = units.map((unit) => ({ units: [unit], size: sizeOf(unit) }));
	for (const sameGroup of [true, false]) {
		while (groups.length > wanted) {
			const at = cheapestPair(groups, sameGroup);
			if (at === undefined) break;
			const [one, other] = [groups[at], groups[at + 1]];
			if (one === undefined || other === undefined) break;
			const both = { units: [...one.units, ...other.units], size: one.size + other.size };
			groups = [...groups.slice(0, at), both, ...groups.slice(at + 2)];
		}
	}
	return groups.map((group) => oneOf(group.units));
}

function cheapestPair(
	groups: readonly { readonly units: readonly Unit[]; readonly size: number }[],
	sameGroup: boolean,
): number | undefined {
	let best: { at: number; size: number } | undefined;
	for (let at = 0; at + 1 < groups.length; at += 1) {
		const [one, other] = [groups[at], groups[at + 1]];
		if (one === undefined || other === undefined) continue;
		if (sameGroup && one.units[0]?.group !== other.units[0]?.group) continue;
		const size = one.size + other.size;
		if (best === undefined || size < best.size) best = { at, size };
	}
	return best?.at;
}

function oneOf(units: readonly Unit[]): Unit {
	const [first] = units;
	if (first === undefined) throw new TypeError('There is nothing to join.');
	if (units.length === 1) return first;
	const heading = first.group.split('/').at(-1) ?? '';
	const isSame = units.every(({ group }) => group === first.group);
	const [title = first.title, ...more] = units.map((unit) => unit.title);
	const listed = [title, ...more].join(', ');
	const rank = { high: 0, medium: 1, low: 2 } as const;
	const priorities = units.flatMap(({ priority }) => (priority === undefined ? [] : [priority]));
	return {
		...first,
		refs: [...new Set(units.flatMap(({ refs }) => refs))],
		title:
			listed.length <= 100
				? listed
				: isSame && heading !== ''
					? `${heading}: ${title} and ${more.length} more`
					: `${title} and ${more.length} more`,
		content: units.flatMap((unit): OutlineBlock[] => [
			{ type: 'paragraph', text: `**${unit.title}**` },
			...unit.content,
		]),
		priority: priorities.sort((one, other) => rank[one] - rank[other])[0],
		needs: units.flatMap(({ needs }) => needs),
		tests: units.flatMap(({ tests }) => tests),
	};
}

/** The longest is taken apart at its list, again and again. */
function split(units: readonly Unit[], wanted: number): Unit[] {
	let all = [...units];
	const whole = new Set<Unit>();
	while (all.length < wanted) {
		let largest: Unit | undefined;
		for (const unit of all) {
			if (!whole.has(unit) && (largest === undefined || sizeOf(unit) > sizeOf(largest))) largest = unit;
		}
		if (largest === undefined) break;
		const parts = partsOf(largest, wanted - all.length + 1);
		if (parts.length < 2) whole.add(largest);
		else {
			const at = all.indexOf(largest);
			for (const part of parts) whole.add(part);
			all = [...all.slice(0, at), ...parts, ...all.slice(at + 1)];
		}
	}
	return all;
}

/** Each item of a thing's longest list; what would be too many stays together in the last. */
function partsOf(unit: Unit, most: number): Unit[] {
	const lists = unit.content.filter((block) => block.type === 'list');
	const [list] = lists.sort((one, other) => other.items.length - one.items.length);
	if (list === undefined || list.items.length < 2) return [];
	const rest = unit.content.filter((block) => block !== list);
	const groups = list.items.map((item) => [item]);
	while (groups.length > most) groups.splice(-2, 2, groups.slice(-2).flat());
	return groups.map((items, at): Unit => {
		const [{ text } = { text: '' }] = items;
		const { label, rest: said } = namedIn(text);
		const more = items.length === 1 ? '' : ` and ${items.length - 1} more`;
		return {
			...unit,
			// Who waits for the whole waits for its last part, which waits for the others by standing behind them.
			refs: at === groups.length - 1 ? unit.refs : [],
			title: `${unit.title}: ${label ?? titleFrom(said === '' ? text : said)}${more}`,
			content: at === 0 ? [...rest, { type: 'list', items }] : [{ type: 'list', items }],
			tests: at === groups.length - 1 ? unit.tests : [],
		};
	});
}

function sizeOf(unit: Unit): number {
	return unit.title.length + textsOf(unit.content).reduce((sum, text) => sum + Math.min(text.length, 5_000), 0);
}
