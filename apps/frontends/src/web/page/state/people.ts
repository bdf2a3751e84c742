import type { PairingView, PersonView } from '@errand/core/domain/person/person-view.ts';
import { type ReadonlySignal, signal } from '@preact/signals';
import { createFresh, type Fresh } from './fresh.ts';
import type { FrontendCheck, LinkCode, Login, PeopleApi } from './people-api.ts';
import { createSaid } from './said.ts';

/** People is what the view of people shows, and how it changes. */
export interface People {
	readonly api: PeopleApi;
	readonly me: Fresh<PersonView>;
	/** Everybody else, and who waits to be let in; for the owner only. */
	readonly others: Fresh<{ readonly people: readonly PersonView[]; readonly strangers: readonly PairingView[] }>;
	readonly checks: Fresh<Readonly<Record<string, FrontendCheck>>>;
	/** Where one is logged in, the latest first. */
	readonly logins: Fresh<readonly Login[]>;
	/** A code for linking one more account, while it may be used. */
	readonly link: ReadonlySignal<LinkCode | undefined>;
	/** What was done just now, in words. */
	readonly done: ReadonlySignal<string>;
	/** Does something, then reads anew what it may have changed. */
	act(work: () => Promise<unknown>, words: string): Promise<void>;
	startLinking(): Promise<void>;
	stopLinking(): void;
	/** Keeps all of it fresh until the returned function is called. */
	watch(): () => void;
}

/** Somebody who has just been given a code looks at this page and writes from a phone. */
const EVERY_MS = 4_000;

/** createPeople keeps what is known of people. */
export function createPeople(api: PeopleApi): People {
	const link = signal<LinkCode | undefined>(undefined);
	const { words: done, say } = createSaid();
	const me = createFresh(async () => {
		const before = me.value.peek();
		const now = await api.me();
		const added = link.peek() === undefined ? undefined : newAccount(before, now);
		if (added !== undefined) {
			link.value = undefined;
			say(`Linked ${added}.`);
		}
		return now;
	}, EVERY_MS);
	const others = createFresh(async () => {
		const self = me.value.peek() ?? (await api.me());
		if (self.role !== 'owner') return { people: [], strangers: [] };
		const [people, strangers] = await Promise.all([api.everybody(), api.strangers()]);
		return { people: people.filter(({ id }) => id !== self.id), strangers };
	}, EVERY_MS);
	const checks = createFresh(() => api.checks(), 5 * EVERY_MS);
	const logins = createFresh(() => api.logins(), 5 * EVERY_MS);
	const all = [me, others, checks, logins];
	return {
		api,
		me,
		others,
		checks,
		logins,
		link,
		done,
		act: async (work, words) => {
			await work();
			say(words);
			await Promise.all([me.refresh(), others.refresh(), logins.refresh()]);
		},
		startLinking: async () => {
			link.value = await api.linkCode();
		},
		stopLinking: () => {
			link.value = undefined;
		},
		watch: () => {
			const stops = all.map((each) => each.watch());
			return () => {
				for (const stop of stops) stop();
			};
		},
	};
}

function newAccount(before: PersonView | undefined, now: PersonView): string | undefined {
	const known = new Set(before?.identities.map(({ identity }) => identity));
	return before === undefined ? undefined : now.identities.find(({ identity }) => !known.has(identity))?.identity;
}
