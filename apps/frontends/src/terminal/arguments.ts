import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** Arguments are what was typed after the command. */
export interface Arguments {
	/** Undefined: several goals, one after the other. */
	readonly goal: string | undefined;
	/** Paths of files to send along. */
	readonly files: readonly string[];
	/** The folder that files of the answer are saved in. */
	readonly save: string | undefined;
	readonly help: boolean;
}

export const USAGE = `Usage: npm run chat -- [--file PATH]... [--save FOLDER] [GOAL]

  npm run chat                                    several goals, one after the other
  npm run chat -- "summarise https://…"           one goal
  npm run chat -- --file a.pdf "compare these"    with files; --file may be repeated
  npm run chat -- --save . "report on …"          saves the files of the answer in a folder
  cat notes.txt | npm run chat -- "summarise"     text piped in is attached; without a goal it is the goal

Ctrl-C stops the running task, a second one leaves.
Exit codes: 0 done, 1 failed, stopped or waiting for an answer, 2 wrong use or no server.`;

/** parseArguments reads the command line; throws CoreError on what it does not know. */
export function parseArguments(argv: readonly string[]): Arguments {
	try {
		const { values, positionals } = parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: {
				file: { type: 'string', multiple: true, short: 'f' },
				save: { type: 'string', short: 's' },
				help: { type: 'boolean', short: 'h' },
			},
		});
		const goal = positionals.join(' ').trim();
		return {
			goal: goal === '' ? undefined : goal,
			files: values.file ?? [],
			save: values.save,
			help: values.help === true,
		};
	} catch (error) {
		throw new CoreError('invalid-input', describeError(error), { hint: 'See npm run chat -- --help.', cause: error });
	}
}
