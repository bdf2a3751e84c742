import type { Asker } from './asker.ts';

/** confirm asks a question of yes or no. */
export async function confirm(asker: Asker, question: string, byDefault: boolean): Promise<boolean> {
	for (;;) {
		const answer = await asker.ask(`${question} (y/n)`, byDefault ? 'y' : 'n');
		if (/^y(?:es)?$/i.test(answer)) return true;
		if (/^no?$/i.test(answer)) return false;
		asker.say('Type y for yes or n for no.');
	}
}

/** mayWrite tells whether to write what a check found fault with: as told by options, else by asking. */
export async function mayWrite(
	asker: Asker,
	{ works, yes, writeAnyway }: { works: boolean; yes: boolean; writeAnyway: boolean },
): Promise<boolean> {
	if (works || writeAnyway) return true;
	if (!yes && (await confirm(asker, 'Write it to .env all the same?', false))) return true;
	asker.say('Nothing was written.');
	return false;
}
