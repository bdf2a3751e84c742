/** CHAT_COMMANDS are what a person may write with a slash, and what it does. */
export const CHAT_COMMANDS = {
	new: { usage: '/new <goal>', does: 'start a task, even while a question is open' },
	answer: { usage: '/answer [n] <text>', does: 'answer the n-th open question' },
	status: { usage: '/status [n]', does: 'show how task n stands (the latest one without n)' },
	cancel: { usage: '/cancel [n]', does: 'stop task n' },
	retry: { usage: '/retry [n]', does: 'try a failed task again from where it failed' },
	tasks: { usage: '/tasks', does: 'list the latest tasks of this conversation with their numbers' },
	help: { usage: '/help', does: 'show this list' },
} as const;

export type ChatCommandName = keyof typeof CHAT_COMMANDS;

/** ChatCommand is a message that begins with a slash and a word; `name` is missing when there is no such command. */
export interface ChatCommand {
	readonly word: string;
	readonly name?: ChatCommandName | undefined;
	/** The number after the command, as in `/cancel 3` or `/cancel #3`. */
	readonly number?: number | undefined;
	/** Everything after the command and its number. */
	readonly rest: string;
}

/** readChatCommand reads `/name [n] …`; `undefined` for anything else, a path like `/etc/hosts` too. */
export function readChatCommand(text: string): ChatCommand | undefined {
	// Telegram writes `/status@botname` in groups, and `/start` when a person opens the chat.
	const found = /^\s{0,50}\/([a-z]{1,32})(?:@\w{1,64})?(?:\s+|$)/i.exec(text);
	if (found === null) return undefined;
	const word = found[1]?.toLowerCase() ?? '';
	const name = word === 'start' ? 'help' : word;
	const after = text.slice(found[0].length);
	const numbered = /^#?(\d{1,9})(?:\s+|$)/.exec(after);
	if (!isCommandName(name)) return { word, rest: after };
	if (numbered === null) return { word, name, rest: after };
	return { word, name, number: Number(numbered[1]), rest: after.slice(numbered[0].length) };
}

/** commandHelp lists the commands as Markdown. */
export function commandHelp(): string {
	return Object.values(CHAT_COMMANDS)
		.map(({ usage, does }) => `- \`${usage}\` – ${does}`)
		.join('\n');
}

function isCommandName(word: string): word is ChatCommandName {
	return Object.hasOwn(CHAT_COMMANDS, word);
}
