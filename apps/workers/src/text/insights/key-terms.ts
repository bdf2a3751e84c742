import type { Piece } from '../facts/pieces.ts';
import { CUES } from '../facts/vocabulary.ts';
import { wordsOf } from '../facts/words.ts';

/** keyTerms lists what a text keeps coming back to: words and pairs of words, the most telling first. */
export function keyTerms(pieces: readonly Piece[], most: number): string[] {
	const singles = new Map<string, number>();
	const pairs = new Map<string, number>();
	for (const piece of pieces) {
		const words = wordsOf(piece.plain);
		words.forEach((word, index) => {
			if (!isTelling(word)) return;
			add(singles, word);
			const next = words[index + 1];
			if (next !== undefined && isTelling(next)) add(pairs, `${word} ${next}`);
		});
	}
	const terms = [
		...[...pairs].filter(([, count]) => count >= 2).map(([term, count]) => ({ term, weight: count * 2.2 })),
		...[...singles].filter(([, count]) => count >= 2).map(([term, count]) => ({ term, weight: count })),
	].sort((one, other) => other.weight - one.weight || one.term.localeCompare(other.term));
	const kept: string[] = [];
	for (const { term } of terms) {
		const stem = term.replace(/s$/, '');
		if (kept.some((one) => one.includes(stem) || term.includes(one.replace(/s$/, '')))) continue;
		kept.push(term);
		if (kept.length >= most) break;
	}
	return kept;
}

function isTelling(word: string): boolean {
	return word.length > 3 && /^\p{L}+(?:-\p{L}+)*$/u.test(word) && !COMMON.has(word);
}

function add(counts: Map<string, number>, term: string): void {
	counts.set(term, (counts.get(term) ?? 0) + 1);
}

const COMMON = new Set([
	...CUES.stopWords,
	...'four five seven eight nine twelve month months week weeks days about above after again against also always another anything because been before being below between both came cannot come could days does doing done down during each either else enough even ever every everything first from further gets give goes have having here hers himself however into itself just keep last later least less like made make many more most much must myself need never next nothing only other others ours over page please rather same says section shall should since some something soon still such take tell than that them then there these they thing things this those three through time times together under until upon used using very want well were what whatever when where whether which while whose will with within without would year years yours yourself'.split(
		' ',
	),
]);
