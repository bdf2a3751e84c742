import { asksMemory } from '../../domain/memory/memory-words.ts';
import type { FoundMemory } from '../../ports/memory.ts';
import { originsOf } from '../remembered.ts';
import { cutInMiddle, untrusted, withoutMarks } from './untrusted.ts';

const MAX_SHOWN = 1_000;

/** ShownMemories is what a model is told of what is remembered. */
export interface ShownMemories {
	readonly lines: readonly string[];
	/** What the person said themselves. */
	readonly said: readonly string[];
	readonly origins: readonly string[];
}

/**
 * shownMemories words what is remembered for a model. What outside content went into is only named, as with earlier tasks,
 * because it could steer a plan that counts as the person's own; unless the goal asks for it: then it is shown, and taints.
 */
export function shownMemories(goal: string, remembered: readonly FoundMemory[]): ShownMemories {
	const whole = asksMemory(goal) ? remembered : remembered.filter(({ entry }) => entry.origins.length === 0);
	return {
		lines: remembered.map((found) => lineOf(found, whole.includes(found))),
		said: remembered.flatMap(({ entry }) => (entry.kind === 'fact' ? [entry.text] : [])),
		origins: originsOf(whole),
	};
}

function lineOf({ entry: { kind, text, at } }: FoundMemory, isWhole: boolean): string {
	const day = new Date(at).toISOString().slice(0, 10);
	if (kind === 'fact') return `Said on ${day}: ${withoutMarks(oneLine(text))}`;
	const [asked = '', ...answer] = text.split('\n\n');
	const told = isWhole ? untrusted(oneLine(answer.join(' '))) : '(found on the web or in files, not shown)';
	return `Asked on ${day}: ${withoutMarks(oneLine(asked))}\n  Found: ${told}`;
}

function oneLine(text: string): string {
	return cutInMiddle(text.replace(/\s+/g, ' ').trim(), MAX_SHOWN);
}
