import { isDeepStrictEqual } from 'node:util';
import {
	CHAT_COMMANDS,
	type ChatCommandName,
	type CommandParameter,
	type SuggestedKind,
} from '@errand/core/domain/conversation/chat-command.ts';
import type { Suggestion } from '@errand/core/ports/frontend.ts';
import {
	type APIApplicationCommandBasicOption,
	type APIApplicationCommandInteractionDataBasicOption,
	type APIApplicationCommandOptionChoice,
	ApplicationCommandOptionType,
	ApplicationCommandType,
	InteractionContextType,
	type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { cutText } from '../chat/short-label.ts';
import { tameText } from '../chat/tame-text.ts';

type Commands = RESTPutAPIApplicationCommandsJSONBody;
type Command = Commands[number];
type Parameters = readonly CommandParameter[];

const MAX_DESCRIPTION = 100;
/** How many choices Discord offers while something is typed, and how long each may be. */
const MAX_CHOICES = 25;
const MAX_CHOICE = 100;
const NAMED = {
	workflow: 'The name of the workflow',
	schedule: 'The number of the schedule',
	account: 'The account',
} as const;
/** How much of an option Discord takes. */
const MAX_OPTION_TEXT = 6_000;

/** slashCommands are the commands of the chat in Discord's shape: what must be given comes first there. */
export function slashCommands(): Commands {
	return Object.entries(CHAT_COMMANDS).map(([name, { does, parameters }]) => ({
		type: ApplicationCommandType.ChatInput as const,
		name,
		description: cutText(does, MAX_DESCRIPTION),
		options: (parameters as Parameters).toSorted((a, b) => Number(b.required) - Number(a.required)).map(toOption),
		contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
	}));
}

/** sameCommands compares what is registered with what should be, by what we set; Discord adds much of its own. */
export function sameCommands(registered: Commands, wanted: Commands): boolean {
	return isDeepStrictEqual(comparable(registered), comparable(wanted));
}

/** commandText puts a used command back together as it would be written. */
export function commandText(
	name: string,
	options: readonly APIApplicationCommandInteractionDataBasicOption[] = [],
): string {
	const parameters: Parameters = isChatCommand(name) ? CHAT_COMMANDS[name].parameters : [];
	const given = new Map(options.map((option) => [option.name, String('value' in option ? option.value : '')]));
	const words = parameters.map((parameter) => given.get(parameter.name) ?? '').filter((text) => text !== '');
	return [`/${name}`, ...words].join(' ');
}

/** suggestedFor says of what a parameter of a command is completed as it is typed; undefined for words of one's own. */
export function suggestedFor(command: string, parameter: string): SuggestedKind | undefined {
	if (!isChatCommand(command)) return undefined;
	const kind = (CHAT_COMMANDS[command].parameters as Parameters).find(({ name }) => name === parameter)?.kind;
	return kind === 'question' || kind === 'words' ? undefined : kind;
}

/** choicesFor offers what fits what is typed so far, by how it begins or by words in it, as many and as long as Discord takes. */
export function choicesFor(
	kind: SuggestedKind,
	suggestions: readonly Suggestion[],
	typed: string,
): APIApplicationCommandOptionChoice[] {
	const wanted = typed.trim().replace(/^#/, '').toLowerCase();
	return suggestions
		.filter(({ value, label }) => value.length <= MAX_CHOICE && fits(value, label, wanted))
		.slice(0, MAX_CHOICES)
		.map(({ value, label }) => ({
			name: cutText(tameText(label).replace(/\s+/g, ' ').trim(), MAX_CHOICE),
			// Discord wants numbers for options that are numbers.
			value: kind === 'task' ? Number(value) : value,
		}));
}

/** A number is looked for where numbers stand: 1 is no word of "flat for 1,200 euro". */
function fits(value: string, label: string, wanted: string): boolean {
	return value.toLowerCase().startsWith(wanted) || (!/^\d+$/.test(wanted) && label.toLowerCase().includes(wanted));
}

/** isChatCommand tells whether there is a command of this name. */
export function isChatCommand(name: string): name is ChatCommandName {
	return Object.hasOwn(CHAT_COMMANDS, name);
}

function toOption({ name, kind, required }: CommandParameter): APIApplicationCommandBasicOption {
	switch (kind) {
		case 'task':
			return {
				type: ApplicationCommandOptionType.Integer,
				name,
				description: 'The number of the task',
				required,
				autocomplete: true,
				min_value: 1,
			};
		case 'question':
			return {
				type: ApplicationCommandOptionType.Integer,
				name,
				description: 'Which of the open questions',
				required,
				min_value: 1,
			};
		case 'workflow':
		case 'schedule':
		case 'account':
			return {
				type: ApplicationCommandOptionType.String,
				name,
				description: NAMED[kind],
				required,
				autocomplete: true,
				max_length: MAX_OPTION_TEXT,
			};
		case 'words':
			return {
				type: ApplicationCommandOptionType.String,
				name,
				description: `The ${name}`,
				required,
				max_length: MAX_OPTION_TEXT,
			};
	}
}

function comparable(commands: Commands) {
	return commands
		.map((command) => {
			const { name, type, contexts } = command;
			const { description = '', options = [] } = command as Extract<Command, { description: string }>;
			return {
				name,
				type: type ?? ApplicationCommandType.ChatInput,
				description,
				contexts: (contexts ?? []).toSorted(),
				options: options.map((option) => {
					const { autocomplete, min_value, max_length } = option as unknown as Readonly<Record<string, unknown>>;
					return {
						type: option.type,
						name: option.name,
						description: option.description,
						required: option.required ?? false,
						autocomplete: autocomplete ?? false,
						min_value,
						max_length,
					};
				}),
			};
		})
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
