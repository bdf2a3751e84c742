/** SuggestedKind is what there are some of, each with a number or a name that is completed as it is typed. */
export type SuggestedKind = 'task' | 'workflow' | 'schedule' | 'account';

/** CommandParameter is what may stand after a command: the number or name of one of several, or words. */
export interface CommandParameter {
	readonly name: string;
	readonly kind: SuggestedKind | 'question' | 'words';
	readonly required: boolean;
}

interface CommandDescription {
	readonly does: string;
	/** In the order in which they are written. */
	readonly parameters: readonly CommandParameter[];
	/** Nobody else is told of it. */
	readonly ownerOnly?: true;
}

const TASK = { name: 'n', kind: 'task', required: false } as const;
const words = (name: string, required: boolean) => ({ name, kind: 'words', required }) as const;

/** CHAT_COMMANDS are what a person may write with a slash, and what it does. */
export const CHAT_COMMANDS = {
	new: { does: 'start a task, even while a question is open', parameters: [words('goal', true)] },
	answer: {
		does: 'answer the n-th open question',
		parameters: [{ name: 'n', kind: 'question', required: false }, words('text', true)],
	},
	questions: { does: 'ask all my open questions here', parameters: [] },
	status: { does: 'show how task n stands (the latest one without n)', parameters: [TASK] },
	tasks: { does: 'list your latest tasks with their numbers', parameters: [] },
	cancel: { does: 'stop task n', parameters: [TASK] },
	retry: { does: 'try a failed task again from where it failed', parameters: [TASK] },
	follow: { does: 'tell me here about task n, wherever it was given', parameters: [TASK] },
	unfollow: { does: 'stop telling me here about task n', parameters: [TASK] },
	backlog: { does: 'show what is open in a project of yours', parameters: [words('project', false)] },
	next: { does: 'show what to do next in a project of yours', parameters: [words('project', false)] },
	done: { does: 'tick a backlog item off, such as 5 or 5.2', parameters: [words('item', true)] },
	run: {
		does: 'run a workflow, as in `compare-offers top=3`, or have a backlog item carried out',
		parameters: [{ name: 'what', kind: 'workflow', required: true }],
	},
	watch: { does: 'tell me here when a backlog item changes', parameters: [words('item', true)] },
	workflows: { does: 'list the workflows you may run', parameters: [] },
	workflow: {
		does: 'show what a workflow does and what it needs',
		parameters: [{ name: 'name', kind: 'workflow', required: true }],
	},
	save: { does: 'save what task n did as a workflow, as in `3 as compare-offers`', parameters: [words('task', true)] },
	skills: {
		does: 'show the skills that are installed, or one of them',
		parameters: [words('name', false)],
	},
	schedules: {
		does: 'show what you have set up for later; or pause, resume, run one of them: pause 2',
		parameters: [words('order', false), words('n', false)],
	},
	schedule: {
		does: 'have something done later, or again and again: every weekday at 7 | summarise the news',
		parameters: [words('when', true)],
	},
	unschedule: { does: 'remove schedule n', parameters: [{ name: 'n', kind: 'schedule', required: true }] },
	remember: { does: 'have something remembered of you', parameters: [words('text', true)] },
	memory: { does: 'show what is remembered of you, or look for words in it', parameters: [words('words', false)] },
	forget: { does: 'forget entry n of what is remembered of you, or all', parameters: [words('entry', true)] },
	model: {
		does: 'show the language models, or choose one for all your work: its name, or auto',
		parameters: [words('name', false)],
	},
	usage: { does: 'show what language models cost: today, or in so many days', parameters: [words('days', false)] },
	notify: {
		does: 'also tell me elsewhere: telegram, questions sms, answers discord, off',
		parameters: [words('where', false)],
	},
	quiet: { does: 'no ringing at night: 22:00-07:00 Europe/Berlin, or off', parameters: [words('hours', false)] },
	timezone: {
		does: 'set the time zone your times are meant in: Europe/Berlin, Tokyo, off',
		parameters: [words('zone', false)],
	},
	link: { does: 'link another account of yours: a code here, the code there', parameters: [words('code', false)] },
	unlink: { does: 'take an account off you again', parameters: [{ name: 'account', kind: 'account', required: true }] },
	accounts: { does: 'show your accounts and preferences', parameters: [] },
	login: { does: 'get a link to your page, good once', parameters: [] },
	logout: { does: 'end all your logins of the page', parameters: [] },
	people: { does: 'show everybody who may use this (owner)', parameters: [], ownerOnly: true },
	pair: {
		does: 'let somebody in by their code, as member or guest (owner)',
		parameters: [words('code', true)],
		ownerOnly: true,
	},
	refuse: { does: 'turn somebody away by their code (owner)', parameters: [words('code', true)], ownerOnly: true },
	workers: {
		does: 'show who does the work; or drain, pause, resume one of them (owner)',
		parameters: [words('order', false), words('worker', false)],
		ownerOnly: true,
	},
	queues: { does: 'show what waits and what runs (owner)', parameters: [], ownerOnly: true },
	scale: {
		does: 'set how many workers a pool has: a number, or auto (owner)',
		parameters: [words('pool', false), words('size', false)],
		ownerOnly: true,
	},
	help: { does: 'show this list', parameters: [] },
} as const satisfies Readonly<Record<string, CommandDescription>>;

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

/** Telegram writes `/start` when a person opens the chat. */
const OTHER_WORDS: ReadonlyMap<string, ChatCommandName> = new Map([
	['start', 'help'],
	['tz', 'timezone'],
]);

/** readChatCommand reads `/name [n] …`; `undefined` for anything else, a path like `/etc/hosts` too. */
export function readChatCommand(text: string): ChatCommand | undefined {
	// Telegram writes `/status@botname` in groups.
	const found = /^\s{0,50}\/([a-z]{1,32})(?:@\w{1,64})?(?:\s+|$)/i.exec(text);
	if (found === null) return undefined;
	const word = found[1]?.toLowerCase() ?? '';
	const name = OTHER_WORDS.get(word) ?? word;
	const after = text.slice(found[0].length);
	const numbered = /^#?(\d{1,9})(?:\s+|$)/.exec(after);
	if (!isCommandName(name)) return { word, rest: after };
	if (numbered === null) return { word, name, rest: after };
	return { word, name, number: Number(numbered[1]), rest: after.slice(numbered[0].length) };
}

/** commandHelp lists the commands as Markdown, those of the owner to the owner only. */
export function commandHelp({ owner }: { readonly owner: boolean }): string {
	return helpFor((_name, { ownerOnly }) => owner || ownerOnly === undefined);
}

/** commandsLike lists the commands that somebody may have meant: those that begin with the same two letters. */
export function commandsLike(word: string): string {
	return helpFor((name, { ownerOnly }) => ownerOnly === undefined && name.startsWith(word.slice(0, 2)));
}

function helpFor(wanted: (name: string, command: CommandDescription) => boolean): string {
	return Object.entries<CommandDescription>(CHAT_COMMANDS)
		.filter(([name, command]) => wanted(name, command))
		.map(([name, { does, parameters }]) => `- \`${usage(name, parameters)}\` – ${does}`)
		.join('\n');
}

function usage(name: string, parameters: readonly CommandParameter[]): string {
	return [`/${name}`, ...parameters.map((one) => (one.required ? `<${one.name}>` : `[${one.name}]`))].join(' ');
}

function isCommandName(word: string): word is ChatCommandName {
	return Object.hasOwn(CHAT_COMMANDS, word);
}
