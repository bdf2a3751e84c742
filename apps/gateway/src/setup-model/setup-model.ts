import { parseEnv } from 'node:util';
import { isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import type { Asker } from '../setup/asker.ts';
import { mayWrite } from '../setup/confirm.ts';
import { readEnvFile, writeEnvFile } from '../setup/env-file.ts';
import type { EnvChanges } from '../setup/env-text.ts';
import type { SetupArguments } from './arguments.ts';
import { chooseVariables } from './choose-variables.ts';
import { tryModel } from './try-model.ts';

/** SetupParts are what the set-up works with. */
export interface SetupParts {
	readonly asker: Asker;
	readonly typed: SetupArguments;
	/** The .env file that is changed. */
	readonly file: string;
	readonly clock: IClock;
	readonly signal: AbortSignal;
}

/** setUpModel finds out which model to use, tries it and writes it down; true when it was written. */
export async function setUpModel({ asker, typed, file, clock, signal }: SetupParts): Promise<boolean> {
	const text = await readEnvFile(file);
	const known = parseEnv(text);
	const variables = await chooseVariables(typed, { asker, signal, ollama: known['OLLAMA_HOST'] });
	const works = await showTrial(asker, variables, { clock, signal });
	if (!(await mayWrite(asker, { works, ...typed }))) return false;
	const names = await writeEnvFile(file, text, variables);
	asker.say(`Written to ${file}: ${names.join(', ')}. Start Errand anew to use it: npm start`);
	return true;
}

async function showTrial(
	asker: Asker,
	variables: EnvChanges,
	parts: { clock: IClock; signal: AbortSignal },
): Promise<boolean> {
	asker.say('Trying it with one small request …');
	try {
		const { reply, firstTextMs, wholeMs } = await tryModel(variables, parts);
		const { tokens, microUsd } = reply.usage;
		const count = `${tokens} tokens${reply.estimated ? ' (estimated)' : ''}`;
		const money = microUsd === 0 ? '' : `, $${(microUsd / 1e6).toFixed(6)}`;
		asker.say(
			`It works: ${cleanLine(reply.model)} replied in ${wholeMs} ms (first word after ${firstTextMs} ms), ${count}${money}.`,
		);
		asker.say(`It said: ${cleanLine(reply.text).slice(0, 200)}`);
		return true;
	} catch (error) {
		if (!isCoreError(error) || error.code === 'cancelled') throw error;
		asker.say(`It does not work: ${cleanLine(error.message)}`);
		asker.say(cleanLine(error.hint));
		return false;
	}
}
