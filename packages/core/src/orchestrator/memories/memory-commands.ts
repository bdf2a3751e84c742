import { CoreError } from '../../domain/errors.ts';
import type { MessageId } from '../../domain/ids.ts';
import { queryWords, searchText } from '../../domain/memory/search-words.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { Principal } from '../desks/desk.ts';
import type { IMemoryDesk } from '../desks/memory.ts';
import { foundReply, memoryReply, rememberedReply, whichReply } from '../render/memory.ts';

/** MEMORY_COMMANDS are the commands about what is remembered. */
export const MEMORY_COMMANDS = ['remember', 'memory', 'forget'] as const;

export type MemoryCommandName = (typeof MEMORY_COMMANDS)[number];

/** isMemoryCommand tells them from the other commands. */
export function isMemoryCommand(name: string): name is MemoryCommandName {
	return (MEMORY_COMMANDS as readonly string[]).includes(name);
}

/** MemoryCommandCall is such a command as it was written. */
export interface MemoryCommandCall {
	readonly name: MemoryCommandName;
	/** Everything after the name. */
	readonly rest: string;
	readonly messageId: MessageId;
	/** False where others read along. */
	readonly direct: boolean;
}

const SHOWN = 20;
const FOUND = 10;

/** runMemoryCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runMemoryCommand(
	desk: IMemoryDesk | undefined,
	principal: Principal,
	call: MemoryCommandCall,
): Promise<string> {
	if (desk === undefined) return 'Nothing is remembered here.';
	if (!call.direct && call.name !== 'remember') return `Others can read this. Write me \`/${call.name}\` privately.`;
	try {
		return await COMMANDS[call.name](desk, principal, call);
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

type Command = (desk: IMemoryDesk, principal: Principal, call: MemoryCommandCall) => Promise<string>;

const COMMANDS: Readonly<Record<MemoryCommandName, Command>> = {
	async remember(desk, principal, { rest, messageId }) {
		return rememberedReply(await desk.remember(principal, rest, messageId));
	},
	async memory(desk, principal, { rest }) {
		if (rest.trim() !== '') return foundReply(await desk.find(principal, { text: rest, limit: FOUND }));
		return memoryReply(await desk.list(principal, { limit: SHOWN }));
	},
	async forget(desk, principal, { rest }) {
		const words = rest.trim();
		const id = /^#?(\d{1,9})$/.exec(words)?.[1];
		if (id !== undefined) {
			await desk.forget(principal, id);
			return `Entry ${id} is forgotten; its words are gone from the history as well.`;
		}
		if (/^(?:all|everything)$/i.test(words)) {
			const count = await desk.forgetAll(principal);
			return count === 0 ? 'There was nothing to forget.' : `Everything is forgotten: ${count} in all.`;
		}
		if (words === '') throw nothingNamed();
		return forgetAbout(desk, principal, words);
	},
};

/** What is forgotten by its words must have all of them, and be the only one: nothing else is gone by mistake. */
async function forgetAbout(desk: IMemoryDesk, principal: Principal, words: string): Promise<string> {
	const found = await desk.find(principal, { text: words, limit: FOUND });
	const asked = queryWords(words);
	const meant = found.filter(({ entry }) => {
		const said = new Set(searchText(entry.text).split(' '));
		return asked.every((word) => said.has(word));
	});
	const [only, ...more] = meant;
	if (only === undefined || more.length > 0 || only.entry.kind !== 'fact')
		return whichReply(meant.length > 0 ? meant : found);
	await desk.forget(principal, only.entry.id);
	return `Forgotten: entry ${only.entry.id}. Its words are gone from the history as well.`;
}

function nothingNamed(): CoreError {
	return new CoreError('invalid-input', 'What is to be forgotten?', {
		hint: 'Write `/forget 3` for entry 3, or `/forget all`; `/memory` lists the entries.',
	});
}
