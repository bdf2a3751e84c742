import { asksMemory, mayBeRemembered } from '../../domain/memory/memory-words.ts';
import { shortened } from '../../domain/shortened.ts';
import type { FoundMemory, MemoryEntry } from '../../ports/memory.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { originsOf } from '../remembered.ts';

const MAX_SHOWN = 3;
const MAX_TEXT = 1_500;
const MAX_ORIGINS = 5;

/**
 * fromMemory answers from what is remembered: a question about what was found or said before; or, where rules have no plan
 * either, one about the person's own things, from what they said. Undefined where it has no answer.
 */
export function fromMemory({ goal, remembered = [] }: PlanRequest, planned: PlanOutcome): PlanOutcome | undefined {
	const asked = asksMemory(goal);
	if (!asked && (planned.kind === 'plan' || !mayBeRemembered(goal))) return undefined;
	const found = (asked ? remembered : remembered.filter(({ entry }) => entry.kind === 'fact')).slice(0, MAX_SHOWN);
	if (found.length === 0) {
		if (!asked || planned.kind === 'plan') return undefined;
		return answer('I remember nothing of that. Tell me: `/remember I prefer aisle seats`; or ask me to research it.');
	}
	return answer(`This is what I remember of that:\n\n${found.map(shown).join('\n\n')}`, found);
}

function answer(text: string, found: readonly FoundMemory[] = []): PlanOutcome {
	const origins = originsOf(found);
	return { kind: 'answer', by: 'rules:memory', text, method: 'rules', ...(origins.length > 0 ? { origins } : {}) };
}

function shown({ entry }: FoundMemory): string {
	const day = new Date(entry.at).toISOString().slice(0, 10);
	const text = shortened(entry.text, MAX_TEXT);
	if (entry.kind === 'fact') return `- You told me on ${day}: ${text.replace(/\s+/g, ' ')}`;
	return `**On ${day} I found${sourcesOf(entry)}:**\n\n${text}`;
}

function sourcesOf({ origins }: MemoryEntry): string {
	const hosts = origins.flatMap((origin) => /^web:(.+)$/.exec(origin)?.[1] ?? []);
	return hosts.length === 0 ? '' : ` (from ${hosts.slice(0, MAX_ORIGINS).join(', ')})`;
}
