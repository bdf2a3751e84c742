import type { FoundMemory, MemoryEntry } from '@errand/core/ports/memory.ts';
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Ask } from './api.ts';
import { type Problem, problemOf } from './problem.ts';
import { createSaid } from './said.ts';

/** Memory is what is remembered of the person, as the page shows and changes it. */
export interface Memory {
	/** What is shown: newest first, or what fits the search, best first; undefined before the first answer. */
	readonly entries: ReadonlySignal<readonly MemoryEntry[] | undefined>;
	readonly more: ReadonlySignal<boolean>;
	/** Words to find; empty for all. */
	readonly words: Signal<string>;
	readonly problem: ReadonlySignal<Problem | undefined>;
	/** What was done just now, in words. */
	readonly done: ReadonlySignal<string>;
	read(): Promise<void>;
	readMore(): Promise<void>;
	add(text: string): Promise<void>;
	edit(id: string, text: string): Promise<void>;
	forget(id: string): Promise<void>;
	forgetAll(): Promise<void>;
}

const PAGE = 50;

/** createMemory keeps what is shown of the memory. */
export function createMemory(ask: Ask): Memory {
	const entries = signal<readonly MemoryEntry[] | undefined>(undefined);
	const next = signal<string | undefined>(undefined);
	const more = signal(false);
	const words = signal('');
	const problem = signal<Problem | undefined>(undefined);
	const { words: done, say } = createSaid();
	let begun = 0;
	const listed = (before?: string) =>
		ask<{ entries: readonly MemoryEntry[]; next?: string }>(
			'GET',
			`/v1/memory?limit=${PAGE}${before === undefined ? '' : `&before=${before}`}`,
		);
	const search = async (text: string) => {
		const { found } = await ask<{ found: readonly FoundMemory[] }>(
			'GET',
			`/v1/memory/search?limit=30&q=${encodeURIComponent(text)}`,
		);
		return { entries: found.map(({ entry }) => entry), next: undefined };
	};
	const read = async () => {
		const mine = ++begun;
		const text = words.peek().trim();
		try {
			const page = await (text === '' ? listed() : search(text));
			if (mine !== begun) return;
			batch(() => {
				entries.value = page.entries;
				next.value = page.next;
				more.value = page.next !== undefined;
				problem.value = undefined;
			});
		} catch (error) {
			if (mine === begun) problem.value = problemOf(error);
		}
	};
	const replace = (id: string, by: readonly MemoryEntry[]) => {
		entries.value = entries.peek()?.flatMap((entry) => (entry.id === id ? by : [entry]));
	};
	const path = (id: string) => `/v1/memory/${encodeURIComponent(id)}`;
	return {
		...{ entries, more, words, problem, done, read },
		readMore: async () => {
			const mine = begun;
			const page = await listed(next.peek());
			if (mine !== begun) return;
			batch(() => {
				entries.value = [...(entries.peek() ?? []), ...page.entries];
				next.value = page.next;
				more.value = page.next !== undefined;
			});
		},
		add: async (text) => {
			await ask('POST', '/v1/memory', { text });
			say('Remembered.');
			words.value = '';
			await read();
		},
		edit: async (id, text) => {
			replace(id, [await ask<MemoryEntry>('PATCH', path(id), { text })]);
			say('Changed.');
		},
		forget: async (id) => {
			await ask('DELETE', path(id));
			replace(id, []);
			say('Forgotten.');
		},
		forgetAll: async () => {
			const { forgotten } = await ask<{ forgotten: number }>('DELETE', '/v1/memory');
			say(`Forgot ${forgotten === 1 ? 'one thing' : `${forgotten} things`}.`);
			words.value = '';
			await read();
		},
	};
}
