import { parseArgs } from 'node:util';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';

/** USAGE tells how the command is used. */
export const USAGE = `npm run setup-frontend                                    asks everything
npm run setup-frontend discord|telegram|sms               asks about one of them
npm run setup-frontend discord|telegram|sms -- [options]  asks only what the options leave open

  --owner <account>       your own account there: Discord's or Telegram's user id, or a phone number such as +15551230001
  --public-url <address>  where the platform can reach Errand, such as https://errand.example
  --webhook, --polling    Telegram: be called at the public address, or fetch (which needs no public address)
  --interactions          Discord: take commands and buttons as calls to the public address too
  --account <AC…>         SMS: the account's SID
  --number <number>       SMS: the number that Errand writes from
  --yes                   asks nothing; a check that fails ends with 1 and writes nothing
  --write-anyway          writes even if a check fails
  --file <path>           the file to write; .env of the repository unless said
  --help

What is set in the environment or in the file counts as said. Secrets are taken only from there or asked for, because a
command line can be seen by everyone on the machine: DISCORD_TOKEN, TELEGRAM_BOT_TOKEN, TWILIO_AUTH_TOKEN.`;

/** FRONTENDS are those that need setting up. */
export const FRONTENDS = ['discord', 'telegram', 'sms'] as const;
export type SetupFrontend = (typeof FRONTENDS)[number];

/** SetupArguments are what was typed after the command. */
export interface SetupArguments {
	readonly frontend: SetupFrontend | undefined;
	readonly owner: string | undefined;
	readonly publicUrl: string | undefined;
	/** How Telegram's updates come; undefined when it was not said. */
	readonly updates: 'webhook' | 'polling' | undefined;
	readonly interactions: boolean;
	readonly account: string | undefined;
	readonly number: string | undefined;
	readonly yes: boolean;
	readonly writeAnyway: boolean;
	readonly file: string | undefined;
	readonly help: boolean;
}

/** parseArguments reads the command line; what it does not know is a CoreError with the usage as hint. */
export function parseArguments(argv: readonly string[]): SetupArguments {
	const { values, positionals } = parse(argv);
	const [frontend, ...more] = positionals;
	if (more.length > 0) throw wrong(`One frontend at a time: “${more.join(' ')}” is too much.`);
	if (frontend !== undefined && !isFrontend(frontend)) {
		throw wrong(`There is nothing to set up for “${frontend}”: it is none of ${FRONTENDS.join(', ')}.`);
	}
	if (values.webhook && values.polling) throw wrong('Either --webhook or --polling, not both.');
	return {
		frontend,
		owner: values.owner,
		publicUrl: values['public-url'],
		updates: values.webhook ? 'webhook' : values.polling ? 'polling' : undefined,
		interactions: values.interactions,
		account: values.account,
		number: values.number,
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
			allowPositionals: true,
			options: {
				owner: { type: 'string' },
				'public-url': { type: 'string' },
				webhook: { type: 'boolean', default: false },
				polling: { type: 'boolean', default: false },
				interactions: { type: 'boolean', default: false },
				account: { type: 'string' },
				number: { type: 'string' },
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

function isFrontend(text: string): text is SetupFrontend {
	return (FRONTENDS as readonly string[]).includes(text);
}

function wrong(message: string): CoreError {
	return new CoreError('invalid-input', message, { hint: USAGE });
}
