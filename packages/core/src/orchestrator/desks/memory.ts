import type { FoundMemory, MemoryEntry } from '../../ports/memory.ts';
import type { Principal } from './desk.ts';

/** IMemoryDesk is what Errand remembers of a person, shown to them, to be changed and forgotten as they like. */
export interface IMemoryDesk {
	/** Newest first. */
	list(
		principal: Principal,
		page: { readonly before?: string | undefined; readonly limit: number },
	): Promise<{ readonly entries: readonly MemoryEntry[]; readonly next?: string | undefined }>;
	find(principal: Principal, query: { readonly text: string; readonly limit: number }): Promise<readonly FoundMemory[]>;
	/** The same `key` again notes nothing. */
	remember(principal: Principal, text: string, key?: string): Promise<MemoryEntry>;
	edit(principal: Principal, id: string, text: string): Promise<MemoryEntry>;
	forget(principal: Principal, id: string): Promise<void>;
	forgetAll(principal: Principal): Promise<number>;
}
