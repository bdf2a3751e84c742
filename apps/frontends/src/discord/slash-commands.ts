import { isDeepStrictEqual } from 'node:util';
import {
	CHAT_COMMANDS,
	type ChatCommandName,
	type CommandParameter,
} from '@errand/core/domain/conversation/chat-command.ts';
import type { NumberedTask } from '@errand/core/ports/frontend.ts';
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

/** taskChoices completes the number of a task as it is typed: by its number, or by words of its goal. */
export function taskChoices(
	tasks: readonly NumberedTask[],
	typed: string,
): APIApplicationCommandOptionChoice<number>[] {
	const wanted = typed.trim().replace(/^#/, '').toLowerCase();
	return tasks
		.filter(({ number, goal }) => String(number).startsWith(wanted) || goal.toLowerCase().includes(wanted))
		.slice(0, 25)
		.map(({ number, goal, status }) => ({
			name: cutText(`${number} · ${tameText(goal).replace(/\s+/g, ' ').trim()} (${status})`, 100),
			value: number,
		}));
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
