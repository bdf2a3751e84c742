import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** USAGE tells how the command is used. */
export const USAGE = `npm run migrate -- --to postgres   moves the history of the data directory into the empty database of DATABASE_URL
npm run migrate -- --to sqlite     moves it back, into a data directory without history

Secrets, what chat platforms remember and the book of what models cost come along; files stay where they are. Stop Errand first. The source stays
as it was, and either all of it arrives or nothing.`;

/** MigrateArguments are what was typed after the command. */
export interface MigrateArguments {
	readonly to: 'postgres' | 'sqlite' | undefined;
	readonly help: boolean;
}

/** parseArguments reads the command line; what it does not know is a CoreError with the usage as hint. */
export function parseArguments(argv: readonly string[]): MigrateArguments {
	const { to, help } = parse(argv);
	if (help) return { to: undefined, help };
	if (to === 'postgres' || to === 'sqlite') return { to, help };
	throw wrong(to === undefined ? 'Where to? Say --to.' : `--to ${to} is neither postgres nor sqlite.`);
}

function parse(argv: readonly string[]) {
	try {
		const options = { to: { type: 'string' }, help: { type: 'boolean', default: false } } as const;
		return parseArgs({ args: [...argv], options }).values;
	} catch (error) {
		throw wrong(`${describeError(error)}.`);
	}
}

function wrong(message: string): CoreError {
	return new CoreError('invalid-input', message, { hint: USAGE });
}
