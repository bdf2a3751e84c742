import { asksMemory } from '../domain/memory/memory-words.ts';
import { queryWords } from '../domain/memory/search-words.ts';
import type { FoundMemory } from '../ports/memory.ts';
import type { PlanRequest } from '../ports/planner.ts';

/** More would only distract. */
const MAX_RECALLED = 6;
/** A greeting has fewer words that tell anything. */
const MIN_WORDS = 2;

/** withRemembered is the request with what is remembered that bears on its goal, where somebody remembers and the goal says enough. */
export async function withRemembered(request: PlanRequest): Promise<PlanRequest> {
	const { recall, goal, remembered, answerOnly } = request;
	if (recall === undefined || remembered !== undefined || answerOnly !== undefined) return request;
	if (queryWords(goal).length < MIN_WORDS && !asksMemory(goal)) return request;
	return { ...request, remembered: await recall(MAX_RECALLED) };
}

/** originsOf is where untrusted content in entries comes from. */
export function originsOf(found: readonly FoundMemory[]): string[] {
	return [...new Set(found.flatMap(({ entry }) => entry.origins))];
}
