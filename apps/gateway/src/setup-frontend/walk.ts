import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { Environment } from '@errand/core/infrastructure/environment.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import type { Asker } from '../setup/asker.ts';
import { confirm } from '../setup/confirm.ts';
import type { EnvChanges } from '../setup/env-text.ts';
import type { SetupArguments } from './arguments.ts';
import { type FrontendVariable, readVariable } from './config.ts';

/** Walk is what the set-up of one frontend works with. */
export interface Walk {
	readonly asker: Asker;
	readonly typed: SetupArguments;
	/** What is set already, in the environment or else in the file. */
	readonly known: Environment;
	readonly signal: AbortSignal;
	/** A new secret. */
	readonly secret: () => string;
}

/** Outcome is what is to be written, whether it works, and what is left to do. */
export interface Outcome {
	readonly changes: EnvChanges;
	readonly works: boolean;
	readonly next: readonly string[];
}

/** tryOut runs a check and says what it found fault with; undefined then. */
export async function tryOut<T>({ asker }: Walk, what: string, check: () => Promise<T>): Promise<T | undefined> {
	asker.say(`${what} …`);
	try {
		return await check();
	} catch (error) {
		if (!isCoreError(error) || error.code === 'cancelled') throw error;
		asker.say(`  ✗ ${cleanLine(error.message)}`);
		asker.say(`    ${cleanLine(error.hint)}`);
		return undefined;
	}
}

/** untilItWorks asks for something and checks it, again and again, until it works or the person leaves it as it is. */
export async function untilItWorks<Value, Found>(
	walk: Walk,
	parts: {
		readonly what: string;
		/** Gets what was given before, which is kept by giving nothing new. */
		readonly ask: (before: Value | undefined) => Promise<Value>;
		readonly check: (value: Value) => Promise<Found>;
	},
): Promise<{ value: Value; found: Found | undefined }> {
	let value: Value | undefined;
	for (;;) {
		const given = await parts.ask(value);
		value = given;
		const found = await tryOut(walk, parts.what, () => parts.check(given));
		if (found !== undefined || walk.typed.yes) return { value, found };
		if (!(await confirm(walk.asker, 'Try again?', true))) return { value, found };
	}
}

/** askSecret asks for a secret without showing it; one that is set already is kept by pressing Enter. */
export async function askSecret(
	{ asker, typed, known }: Walk,
	{ name, words, before }: { name: FrontendVariable; words: string; before: string | undefined },
): Promise<string> {
	const present = before ?? known[name];
	if (typed.yes) {
		if (present === undefined) throw missing(name);
		return readVariable(name, present) ?? present;
	}
	for (;;) {
		const keep = present === undefined ? '' : ` (Enter keeps the one ending in ${ending(present)})`;
		const answer = (await asker.askHidden(`${words}${keep}:`)) || present;
		if (answer === undefined) continue;
		try {
			return readVariable(name, answer) ?? answer;
		} catch (error) {
			if (!isCoreError(error, 'invalid-config')) throw error;
			asker.say(`${error.message} Copy it once more.`);
		}
	}
}

/** askFor asks for a value that may be shown, until it is well formed. */
export async function askFor(
	{ asker, typed }: Walk,
	parts: {
		readonly flag: string;
		readonly words: string;
		readonly byDefault: string | undefined;
		/** Undefined for what cannot be one; `wrong` says what it should look like. */
		readonly read: (text: string) => string | undefined;
		readonly wrong: string;
	},
): Promise<string> {
	if (typed.yes) {
		if (parts.byDefault === undefined) throw missing(parts.flag);
		const value = parts.read(parts.byDefault);
		if (value !== undefined) return value;
		throw new CoreError('invalid-input', `“${parts.byDefault}” cannot be used for ${parts.flag}: ${parts.wrong}`, {
			hint: 'Give another one. “npm run setup-frontend -- --help” lists all options.',
		});
	}
	for (;;) {
		const value = parts.read(await asker.ask(parts.words, parts.byDefault));
		if (value !== undefined) return value;
		asker.say(parts.wrong);
	}
}

/** ending shows as much of a secret as tells it from another. */
function ending(secret: string): string {
	return secret.length < 16 ? '…' : `…${secret.slice(-4)}`;
}

/** missing is for what --yes cannot ask for. */
export function missing(what: string): CoreError {
	return new CoreError('invalid-input', `${what} is missing, and --yes allows no questions.`, {
		hint: 'Give it, or leave out --yes. “npm run setup-frontend -- --help” lists all options.',
	});
}
