import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** USAGE tells how the command is used. */
export const USAGE = `npm run model -- add <file.gguf> [options]   adds a model that runs in Errand itself; the first time, what runs it (node-llama-cpp,
                                             some 90 MB) is installed into the data directory, too
npm run model -- list                        shows the models that were added
npm run model -- try <name> [words]          loads a model, lets it reply, and says how long that took
npm run model -- remove <name>               takes a model off the list; its file stays

  --name <name>       what the model is called; without it, as its file
  --context <tokens>  how much a request and its reply may hold together; without it 8192, or less where it was trained for less
  --help`;

/** ModelArguments is what was typed after the command. */
export type ModelArguments =
	| {
			readonly command: 'add';
			readonly file: string;
			readonly name: string | undefined;
			readonly contextTokens: number | undefined;
	  }
	| { readonly command: 'list' }
	| { readonly command: 'try'; readonly name: string; readonly words: string | undefined }
	| { readonly command: 'remove'; readonly name: string }
	| { readonly command: 'help' };

/** parseArguments reads the command line; what it does not know is a CoreError with the usage as hint. */
export function parseArguments(argv: readonly string[]): ModelArguments {
	const { values, positionals } = parse(argv);
	if (values.help) return { command: 'help' };
	const [command, subject, ...others] = positionals;
	if (command !== 'add' && (values.name ?? values.context) !== undefined) {
		throw wrong('--name and --context go with “add” only.');
	}
	switch (command) {
		case 'add':
			if (subject === undefined || others.length > 0) throw wrong('“add” takes the path of one file.');
			return { command, file: subject, name: values.name, contextTokens: tokensOf(values.context) };
		case 'list':
			if (subject !== undefined) throw wrong('“list” takes nothing.');
			return { command };
		case 'try':
			if (subject === undefined) throw wrong('“try” takes the name of a model.');
			return { command, name: subject, words: others.length === 0 ? undefined : others.join(' ') };
		case 'remove':
			if (subject === undefined || others.length > 0) throw wrong('“remove” takes the name of a model.');
			return { command, name: subject };
		default:
			throw wrong(command === undefined ? 'Nothing was asked for.' : `“${command}” is not known.`);
	}
}

function parse(argv: readonly string[]) {
	try {
		return parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: {
				name: { type: 'string' },
				context: { type: 'string' },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		throw wrong(`${describeError(error)}.`);
	}
}

function tokensOf(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (!/^[1-9]\d{2,7}$/.test(text)) throw wrong(`--context ${text} is no number of tokens.`);
	return Number(text);
}

function wrong(message: string): CoreError {
	return new CoreError('invalid-input', message, { hint: USAGE });
}
