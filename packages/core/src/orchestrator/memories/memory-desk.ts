import { createHash, randomUUID } from 'node:crypto';
import { memoryStream } from '../../domain/ids.ts';
import type { MemoryCommand } from '../../domain/memory/commands.ts';
import { unknownMemory } from '../../domain/memory/decide-memory.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { MemoryEntry } from '../../ports/memory.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IMemoryDesk } from '../desks/memory.ts';
import { refuseGuests } from '../people/refuse-guests.ts';
import type { MemoryEntries } from './memory-entries.ts';
import type { MemorySearch } from './memory-search.ts';

interface Dependencies {
	readonly memories: Pick<CommandHandler<Memory, MemoryCommand, never>, 'handle' | 'latest'>;
	readonly entries: MemoryEntries;
	readonly search: MemorySearch;
	readonly clock: IClock;
}

const MAX_PAGE = 200;

/** MemoryDesk lets people see, change and forget what is remembered of them. */
export class MemoryDesk implements IMemoryDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async list(
		{ person }: Principal,
		{ before, limit }: { readonly before?: string | undefined; readonly limit: number },
	): Promise<{ readonly entries: readonly MemoryEntry[]; readonly next?: string | undefined }> {
		const all = (await this.#latest(person))?.entries ?? [];
		const older = before === undefined ? all : all.filter(({ id }) => Number(id) < Number(before));
		const page = older.slice(-Math.min(limit, MAX_PAGE)).reverse();
		const entries = await this.#deps.entries.read(person, page);
		const last = page.at(-1);
		return { entries, ...(last === undefined || page.length === older.length ? {} : { next: last.id }) };
	}

	find({ person }: Principal, { text, limit }: { readonly text: string; readonly limit: number }) {
		return this.#deps.search.find(person, text, limit);
	}

	async remember(principal: Principal, text: string, key?: string): Promise<MemoryEntry> {
		const { person } = principal;
		refuseGuests(principal, 'Nothing is remembered of guests.');
		const command = { type: 'Remember', person, at: this.#deps.clock.now(), text: text.trim() } as const;
		const { facts, duplicateOf } = await this.#handle(command, key);
		const [fact] = facts;
		// Said again after a crash: it was the last thing of these words.
		if (fact === undefined || duplicateOf !== undefined) return this.#said(principal, command.text);
		return this.#one(person, String(fact.data['id']));
	}

	async edit({ person }: Principal, id: string, text: string): Promise<MemoryEntry> {
		await this.#handle({ type: 'Edit', person, at: this.#deps.clock.now(), id, text: text.trim() });
		return this.#one(person, id);
	}

	async forget({ person }: Principal, id: string): Promise<void> {
		const memory = await this.#latest(person);
		if (memory?.entries.some((entry) => entry.id === id) !== true) throw unknownMemory(id);
		await this.#handle({ type: 'Forget', person, at: this.#deps.clock.now(), id });
	}

	async forgetAll({ person }: Principal): Promise<number> {
		const count = (await this.#latest(person))?.entries.length ?? 0;
		await this.#handle({ type: 'ForgetAll', person, at: this.#deps.clock.now() });
		return count;
	}

	/** Each in an append of its own, so that its words can be erased without anything else's. */
	#handle(command: MemoryCommand, key: string = randomUUID()) {
		const hash = createHash('sha256').update(`${command.person}/${key}`).digest('hex').slice(0, 32);
		return this.#deps.memories.handle(memoryStream(command.person), command, `memory:${hash}`);
	}

	#latest(person: Principal['person']): Promise<Memory | undefined> {
		return this.#deps.memories.latest(memoryStream(person));
	}

	async #one(person: Principal['person'], id: string): Promise<MemoryEntry> {
		const entry = (await this.#latest(person))?.entries.find((one) => one.id === id);
		const [read] = entry === undefined ? [] : await this.#deps.entries.read(person, [entry]);
		if (read === undefined) throw unknownMemory(id);
		return read;
	}

	async #said({ person }: Principal, text: string): Promise<MemoryEntry> {
		const facts = (await this.#latest(person))?.entries.filter(({ kind }) => kind === 'fact') ?? [];
		const read = await this.#deps.entries.read(person, facts.slice(-MAX_PAGE));
		const said = read.findLast((entry) => entry.text === text);
		if (said === undefined) throw unknownMemory('');
		return said;
	}
}
