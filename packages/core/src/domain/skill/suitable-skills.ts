import { queryWords } from '../memory/search-words.ts';
import { stem } from '../workflow/likeness.ts';

interface Described {
	readonly name: string;
	readonly description: string;
}

/** Words of nearly every skill's description. */
const FILLERS: ReadonlySet<string> = new Set(
	`use used using user users skill skills when whenever want wants wanted need needs needed ask asks asked task tasks
	help helps make makes making create creates creating do doing also such like etc new one all more this`.split(/\s+/),
);
/** A word of a skill's name says more than one of its description. */
const IN_NAME = 2;
/** Enough in any goal, and in one that has little else to say. */
const ENOUGH = 3;
const ENOUGH_OF_FEW = 2;
const SHARE_OF_FEW = 0.34;
const MAX_GOAL = 2_000;

/** suitableSkills picks those whose name or description has what a goal speaks of, best first; one that the goal names comes before. */
export function suitableSkills<T extends Described>(goal: string, skills: readonly T[], most: number): readonly T[] {
	const said = goal.slice(0, MAX_GOAL);
	const words = tellingWords(said);
	return skills
		.map((skill) => ({ skill, score: named(said, skill.name) ? Number.POSITIVE_INFINITY : scoreOf(words, skill) }))
		.filter(({ score }) => score > 0)
		.toSorted((one, other) => (other.score === one.score ? 0 : other.score - one.score))
		.slice(0, most)
		.map(({ skill }) => skill);
}

/** `$pdf-forms`, `the pdf-forms skill`, or its name where that has a hyphen. */
function named(goal: string, name: string): boolean {
	const text = goal.toLowerCase();
	const stands = (words: string) => new RegExp(`(?:^|[^\\w-])${words}(?:$|[^\\w-])`).test(text);
	return (
		stands(`\\$${name}`) || stands(`${name} skill`) || stands(`skill ${name}`) || (name.includes('-') && stands(name))
	);
}

function scoreOf(goal: ReadonlySet<string>, { name, description }: Described): number {
	const inName = tellingWords(name.replaceAll('-', ' '));
	const inDescription = tellingWords(description);
	let [score, common] = [0, 0];
	for (const word of goal) {
		if (!inName.has(word) && !inDescription.has(word)) continue;
		common += 1;
		score += inName.has(word) ? IN_NAME : 1;
	}
	if (score >= ENOUGH && common > 1) return score;
	return score >= ENOUGH_OF_FEW && common / goal.size >= SHARE_OF_FEW ? score : 0;
}

/** Sentence by sentence, because only so many words of one text are looked at. */
function tellingWords(text: string): ReadonlySet<string> {
	const words = text.split(/[.;:!?\n]+/).flatMap((part) => (part.trim() === '' ? [] : queryWords(part)));
	return new Set(words.filter((word) => !FILLERS.has(word)).map(stem));
}
