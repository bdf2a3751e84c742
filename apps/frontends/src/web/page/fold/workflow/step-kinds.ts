import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { type DraftStep, type Path, textOf } from './draft.ts';

/** StepKind is what a step is, by the key that only such steps have. */
export type StepKind =
	| 'use'
	| 'each'
	| 'each-use'
	| 'group'
	| 'parallel'
	| 'choose'
	| 'loop'
	| 'workflow'
	| 'wait'
	| 'event'
	| 'ask'
	| 'let';

/** kindOf tells what kind of step this is. */
export function kindOf(step: DraftStep): StepKind {
	if ('use' in step) return 'each' in step ? 'each-use' : 'use';
	for (const kind of ['each', 'loop', 'parallel', 'choose', 'workflow'] as const) if (kind in step) return kind;
	const wait = step['wait'];
	if (wait !== undefined) return isJsonObject(wait) && 'event' in wait ? 'event' : 'wait';
	if ('ask' in step) return 'ask';
	return 'let' in step ? 'let' : 'group';
}

/** KIND_WORDS names kinds of steps to people. */
export const KIND_WORDS: Readonly<Record<StepKind, string>> = {
	use: 'Capability',
	'each-use': 'For each element',
	each: 'For each element',
	group: 'Group',
	parallel: 'Side by side',
	choose: 'Choose',
	loop: 'Loop',
	workflow: 'Workflow',
	wait: 'Wait',
	event: 'Wait for an event',
	ask: 'Ask',
	let: 'Value',
};

/** stepWords is what a step is called: its title, or what its id or kind say. */
export function stepWords(step: DraftStep): string {
	const title = textOf(step, 'title');
	if (title !== '') return title;
	const named = textOf(step, 'id') || textOf(step, 'use') || textOf(step, 'workflow') || KIND_WORDS[kindOf(step)];
	const words = named.replace(/[-_.]+/g, ' ').trim();
	return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** whatWords says in a few words what a step does. */
export function whatWords(step: DraftStep): string {
	const kind = kindOf(step);
	switch (kind) {
		case 'use':
			return textOf(step, 'use');
		case 'each-use':
			return `${textOf(step, 'use')} · each`;
		case 'workflow':
			return `workflow ${textOf(step, 'workflow')}`;
		case 'each':
			return `each of ${textOf(step, 'each')}`;
		case 'loop':
			return `until ${textOf(objectOf(step['loop']), 'until')}`;
		case 'choose':
			return `choose of ${listsOf(step).length}`;
		case 'ask':
			return textOf(step, 'ask') || textOf(objectOf(step['ask']), 'question');
		case 'let':
			return shownValue(step['let']);
		case 'wait':
			return `wait ${textOf(step, 'wait') || textOf(objectOf(step['wait']), 'until')}`;
		case 'event':
			return `wait for ${textOf(objectOf(step['wait']), 'event')}`;
		default:
			return KIND_WORDS[kind].toLowerCase();
	}
}

function objectOf(value: Json | undefined): JsonObject {
	return value !== undefined && isJsonObject(value) ? value : {};
}

function shownValue(value: Json | undefined): string {
	const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
	return text === '' ? 'empty' : text.slice(0, 80);
}

/** InnerList is a list of steps inside a step, with its path from the step. */
export interface InnerList {
	readonly path: Path;
	readonly words: string;
	readonly steps: readonly DraftStep[];
}

/** listsOf are the lists of steps inside a step. */
export function listsOf(step: DraftStep): readonly InnerList[] {
	const { choose } = step;
	if (Array.isArray(choose)) {
		return (choose as readonly Json[]).filter(isJsonObject).map((branch, index) => ({
			path: ['choose', index, 'steps'],
			words: textOf(branch, 'when') === '' ? 'Otherwise' : `If ${textOf(branch, 'when')}`,
			steps: stepsIn(branch['steps']),
		}));
	}
	for (const key of ['parallel', 'steps'] as const) {
		if (key in step) return [{ path: [key], words: stepWords(step), steps: stepsIn(step[key]) }];
	}
	return [];
}

function stepsIn(value: Json | undefined): readonly DraftStep[] {
	return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}
