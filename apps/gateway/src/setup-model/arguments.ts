import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** USAGE tells how the command is used. */
export const USAGE = `npm run setup-model                        asks everything
npm run setup-model -- [options]           asks only what the options leave open

  --provider openai|ollama|other  whose model
  --url <address>                 the API of another server, such as http://127.0.0.1:8080/v1, or where Ollama listens
  --key -                         reads the key from the first line of standard input (where it is asked for, it is not shown)
  --model <name>                  the model; without it, the one that suits best of the server's list when nothing is asked
  --price <in,out>                US dollars for a million tokens, where they are not known
  --yes                           asks nothing; a test that fails ends with 1 and writes nothing
  --write-anyway                  writes even if the test fails
  --file <path>                   the file to write; .env of the repository unless said
  --help`;

/** Provider is whose model is set up. */
export type Provider = 'openai' | 'ollama' | 'other';

/** SetupArguments are what was typed after the command. */
export interface SetupArguments {
	readonly provider: Provider | undefined;
	readonly url: string | undefined;
	/** The key is the first line of standard input. */
	readonly keyFromInput: boolean;
	readonly model: string | undefined;
	readonly price: string | undefined;
	readonly yes: boolean;
	readonly writeAnyway: boolean;
	readonly file: string | undefined;
	readonly help: boolean;
}

/** parseArguments reads the command line; what it does not know is a CoreError with the usage as hint. */
export function parseArguments(argv: readonly string[]): SetupArguments {
	const { values } = parse(argv);
	const { provider, key } = values;
	if (provider !== undefined && !isProvider(provider))
		throw wrong(`--provider ${provider} is none of openai, ollama, other.`);
	if (key !== undefined && key !== '-') {
		throw wrong('--key takes only “-”: a key typed into a command line can be seen by everyone on the machine.');
	}
	return {
		provider,
		url: values.url,
		keyFromInput: key === '-',
		model: values.model,
		price: values.price,
		yes: values.yes,
		writeAnyway: values['write-anyway'],
		file: values.file,
		help: values.help,
	};
}

function parse(argv: readonly string[]) {
	try {
		return parseArgs({
			args: [...argv],
			options: {
				provider: { type: 'string' },
				url: { type: 'string' },
				key: { type: 'string' },
				model: { type: 'string' },
				price: { type: 'string' },
				yes: { type: 'boolean', default: false },
				'write-anyway': { type: 'boolean', default: false },
				file: { type: 'string' },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		throw wrong(`${describeError(error)}.`);
	}
}

function isProvider(text: string): text is Provider {
	return text === 'openai' || text === 'ollama' || text === 'other';
}

function wrong(message: string): CoreError {
	return new CoreError('invalid-input', message, { hint: USAGE });
}
