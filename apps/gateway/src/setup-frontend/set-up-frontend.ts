import { parseEnv } from 'node:util';
import type { Environment } from '@errand/core/infrastructure/environment.ts';
import type { Asker } from '../setup/asker.ts';
import { mayWrite } from '../setup/confirm.ts';
import { readEnvFile, writeEnvFile } from '../setup/env-file.ts';
import type { SetupArguments, SetupFrontend } from './arguments.ts';
import { readKnown } from './config.ts';
import { setUpDiscord } from './set-up-discord.ts';
import { setUpSms } from './set-up-sms.ts';
import { setUpTelegram } from './set-up-telegram.ts';
import { missing, type Outcome, type Walk } from './walk.ts';

/** SetupParts are what the set-up works with. */
export interface SetupParts {
	readonly asker: Asker;
	readonly typed: SetupArguments;
	/** The .env file that is changed. */
	readonly file: string;
	readonly signal: AbortSignal;
	/** Makes a new secret of letters and digits. */
	readonly secret: () => string;
	/** What the command was started with. */
	readonly env?: Environment | undefined;
}

/** setUpFrontend leads through the set-up of one frontend, tries it and writes it down; true when it was written. */
export async function setUpFrontend({ asker, typed, file, signal, secret, env }: SetupParts): Promise<boolean> {
	const text = await readEnvFile(file);
	const known = readKnown(parseEnv(text), env);
	const frontend = typed.frontend ?? (await chooseFrontend({ asker, typed, known }));
	const walk: Walk = { asker, typed, known, signal, secret };
	const { changes, works, next } = await WALKS[frontend](walk);
	asker.say('');
	if (!(await mayWrite(asker, { works, ...typed }))) return false;
	const names = await writeEnvFile(file, text, changes);
	asker.say(`Written to ${file}: ${names.join(', ')}. Start Errand anew to use it: npm start`);
	for (const line of next) asker.say(line);
	return true;
}

const WALKS: Readonly<Record<SetupFrontend, (walk: Walk) => Promise<Outcome>>> = {
	discord: setUpDiscord,
	telegram: setUpTelegram,
	sms: setUpSms,
};

async function chooseFrontend({
	asker,
	typed,
	known,
}: Pick<Walk, 'asker' | 'typed' | 'known'>): Promise<SetupFrontend> {
	if (typed.yes) throw missing('The name of the frontend (discord, telegram or sms)');
	const words = (name: string, variable: string) => `${name}${known[variable] === undefined ? '' : ', set up already'}`;
	return await asker.choose('Which frontend?', [
		{ words: words('Discord', 'DISCORD_TOKEN'), value: 'discord' as const },
		{ words: words('Telegram', 'TELEGRAM_BOT_TOKEN'), value: 'telegram' as const },
		{ words: words('SMS through Twilio', 'TWILIO_ACCOUNT_SID'), value: 'sms' as const },
	]);
}
