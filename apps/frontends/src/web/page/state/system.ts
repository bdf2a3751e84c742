import type { DeadLetter } from '@errand/core/orchestrator/desks/desk.ts';
import type { ReadonlySignal } from '@preact/signals';
import { createFresh, type Fresh } from './fresh.ts';
import { createSaid } from './said.ts';
import type { SystemApi, Work } from './system-api.ts';

/** System is what the view of what carries the work shows, and how it changes. */
export interface System {
	readonly api: SystemApi;
	/** `others`: somebody who may not see it. */
	readonly work: Fresh<Work | 'others'>;
	readonly deadLetters: Fresh<readonly DeadLetter[]>;
	/** What was done just now, in words. */
	readonly done: ReadonlySignal<string>;
	/** Does something, then reads anew what it may have changed. */
	act(work: () => Promise<unknown>, words: string): Promise<void>;
	/** Keeps all of it fresh until the returned function is called. */
	watch(): () => void;
}

/** Workers come and go, and queues change, while somebody looks. */
const EVERY_MS = 2_000;

/** createSystem keeps what is known of what carries the work. */
export function createSystem(api: SystemApi): System {
	const { words: done, say } = createSaid();
	let owner: Promise<boolean> | undefined;
	const work = createFresh(async () => {
		owner ??= api.isOwner().catch((error: unknown) => {
			owner = undefined;
			throw error;
		});
		return (await owner) ? api.work() : 'others';
	}, EVERY_MS);
	const deadLetters = createFresh(() => api.deadLetters(), 2 * EVERY_MS);
	return {
		api,
		work,
		deadLetters,
		done,
		act: async (change, words) => {
			await change();
			say(words);
			await Promise.all([work.refresh(), deadLetters.refresh()]);
		},
		watch: () => {
			const stops = [work.watch(), deadLetters.watch()];
			return () => {
				for (const stop of stops) stop();
			};
		},
	};
}
