import type { GivenItem, Neighbour } from '@errand/core/planning/backlog/draft.ts';
import type { UntrustedText } from '../../text/model/asking/untrusted.ts';

/** itemText is an item as a model is shown it. */
export function itemText(item: GivenItem): UntrustedText {
	const { id, title, description, details, testStrategy, status, priority, dependencies, subtasks } = item;
	const lines = [
		`Task ${id}: ${title}`,
		`Status: ${status}. Priority: ${priority}.${dependencies.length === 0 ? '' : ` Waits for ${dependencies.join(', ')}.`}`,
		...part('Description', description),
		...part('Details', details),
		...part('Test strategy', testStrategy),
		...part('Parts', subtasks.map((one) => `- ${one.id} (${one.status}): ${one.title}`).join('\n')),
	];
	return { title: `Task ${id}`, markdown: lines.join('\n') };
}

/** neighbourText lists other items; nothing where there are none. */
export function neighbourText(neighbours: readonly Neighbour[]): UntrustedText[] {
	if (neighbours.length === 0) return [];
	const lines = neighbours.map(({ id, title, status }) => `- ${id} (${status}): ${title}`);
	return [{ title: 'Other tasks of the project', markdown: lines.join('\n') }];
}

/** findingText is what was looked up before; nothing where nothing was found. */
export function findingText(findings: readonly string[]): UntrustedText[] {
	return findings
		.filter((text) => text.trim() !== '')
		.map((text) => ({ title: 'What was looked up', markdown: text.slice(0, 12_000) }));
}

function part(name: string, text: string): string[] {
	return text.trim() === '' ? [] : [`\n${name}:\n${text.trim()}`];
}
