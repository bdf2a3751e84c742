import type { EnvChanges } from '../setup/env-text.ts';
import { askFor, type Walk } from './walk.ts';

/** OwnerQuestion asks a person which account on a frontend is theirs. */
export interface OwnerQuestion {
	readonly frontend: string;
	/** How to find it out. */
	readonly explain: readonly string[];
	readonly words: string;
	readonly suggestion?: string | undefined;
	/** Undefined for what cannot be one; `wrong` says what it should look like. */
	readonly read: (text: string) => string | undefined;
	readonly wrong: string;
}

/** chooseOwner asks which account is the owner's, unless nothing may be asked and none was named. */
export async function chooseOwner(walk: Walk, question: OwnerQuestion): Promise<EnvChanges> {
	const { asker, typed, known } = walk;
	if (typed.yes && typed.owner === undefined) return {};
	if (!typed.yes) {
		asker.say('');
		for (const line of question.explain) asker.say(line);
	}
	const { frontend, read } = question;
	const who = await askFor(walk, {
		flag: '--owner',
		words: `${question.words}, or “skip”:`,
		byDefault: typed.owner ?? ownersOf(known['ERRAND_OWNERS'], frontend)[0] ?? question.suggestion,
		read: (text) => (/^s(?:kip)?$/i.test(text) ? SKIPPED : read(text)),
		wrong: question.wrong,
	});
	return who === SKIPPED ? {} : ownerChange(known['ERRAND_OWNERS'], `${frontend}:${who}`);
}

const SKIPPED = '';

/** ownerChange adds an identity to ERRAND_OWNERS, once. */
export function ownerChange(owners: string | undefined, identity: string): EnvChanges {
	const others = listOwners(owners).filter((each) => each !== identity);
	return { ERRAND_OWNERS: [...others, identity].join(',') };
}

/** ownersOf lists who on one frontend is the owner already. */
export function ownersOf(owners: string | undefined, frontend: string): readonly string[] {
	return listOwners(owners)
		.filter((each) => each.startsWith(`${frontend}:`))
		.map((each) => each.slice(frontend.length + 1));
}

function listOwners(owners: string | undefined): readonly string[] {
	return (owners ?? '')
		.split(',')
		.map((each) => each.trim())
		.filter(Boolean);
}
