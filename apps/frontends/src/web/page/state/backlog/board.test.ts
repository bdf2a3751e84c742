import type { JsonObject } from '@errand/core/domain/json.ts';
import type { BacklogChange } from '@errand/core/orchestrator/desks/backlog.ts';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problem.ts';
import type { BacklogApi } from './backlog-api.ts';
import { createBoard } from './board.ts';

const item = (id: number, status = 'pending') => ({
	id,
	title: `Item ${id}`,
	status,
	priority: 'medium',
	dependencies: [],
});

/** A server of one tag whose answers can be held back. */
function server() {
	let hear: (change: BacklogChange) => void = () => {};
	let opened: () => void = () => {};
	let unknown: Error | undefined;
	let hold: Promise<void> | undefined;
	let refused: Error | undefined;
	let items = [item(1), item(2)];
	const never = () => Promise.reject(new Error('not asked here'));
	const api: BacklogApi = {
		call: async <T>(tool: string) => {
			await hold;
			if (refused !== undefined && tool === 'set_task_status') throw refused;
			return (tool === 'next_task' ? { nextTask: { id: 1 } } : {}) as T;
		},
		items: async () => {
			const tasks = items as readonly JsonObject[];
			await hold;
			return { tasks };
		},
		tags: async () => {
			if (unknown !== undefined) throw unknown;
			const tags = [{ name: 'master', taskCount: 2, completedTasks: 0, isCurrent: true }];
			return { tags, currentTag: 'master' };
		},
		item: never,
		work: async () => ({ operations: [], runs: [], watches: [] }),
		operation: never,
		cancelOperation: never,
		follow: (listener, onOpen, onRefused) => {
			hear = listener;
			opened = onOpen;
			if (unknown === undefined) onOpen();
			else onRefused();
			return () => {};
		},
	};
	let seq = 0;
	return {
		api,
		open: () => opened(),
		say: (...changed: ReturnType<typeof item>[]) => hear({ seq: ++seq, tag: 'master', items: changed, removed: [] }),
		holdBack: () => {
			const held = Promise.withResolvers<void>();
			hold = held.promise;
			return held.resolve;
		},
		refuse: (error: Error) => {
			refused = error;
		},
		knowsNothing: (error: Error) => {
			unknown = error;
		},
		has: (now: typeof items) => {
			items = now;
		},
	};
}

async function opened() {
	const errand = server();
	const board = createBoard(errand.api);
	const stop = board.watch();
	await expect.poll(() => board.loaded.value).toBe(true);
	const ids = (status: 'pending' | 'done' | 'review') => board.columns.value[status].map(({ id }) => id);
	return { ...errand, board, ids, stop };
}

describe('createBoard', () => {
	it('moves a card at once, and keeps it there whichever comes first, the answer or the word', async () => {
		const { board, holdBack, say, ids, stop } = await opened();
		const release = holdBack();
		const moved = board.move(1, 'done');
		expect(ids('done')).toEqual([1]);
		say(item(1, 'done'));
		release();
		await moved;
		expect(ids('done')).toEqual([1]);
		await board.move(2, 'done');
		expect(ids('done')).toEqual([1, 2]);
		say(item(2, 'done'));
		expect(ids('done')).toEqual([1, 2]);
		stop();
	});

	it('shows what others made of a card in the end', async () => {
		const { board, say, ids, stop } = await opened();
		await board.move(1, 'done');
		say(item(1, 'done'));
		say(item(1, 'review'));
		expect([ids('done'), ids('review')]).toEqual([[], [1]]);
		stop();
	});

	it('puts a card back where its move is refused', async () => {
		const { board, refuse, ids, stop } = await opened();
		refuse(new Error('no'));
		await expect(board.move(1, 'done')).rejects.toThrow('no');
		expect(ids('pending')).toEqual([1, 2]);
		stop();
	});

	it('says why there is nothing to show where the server knows of no such backlog', async () => {
		const errand = server();
		const hint = 'Name another.';
		errand.knowsNothing(new ProblemError({ status: 404, code: 'not-found', message: 'You have no backlog.', hint }));
		const board = createBoard(errand.api);
		const stop = board.watch();
		await expect.poll(() => board.problem.value?.message).toBe('You have no backlog.');
		stop();
	});

	it('keeps changes that come while items are being read, and catches up at a new connection', async () => {
		const { board, open, say, holdBack, has, ids, stop } = await opened();
		const release = holdBack();
		open();
		await expect.poll(() => board.next.value).toBe('1');
		say(item(2, 'review'), item(3));
		release();
		await expect.poll(() => ids('pending')).toEqual([1, 3]);
		expect(ids('review')).toEqual([2]);
		has([item(2)]);
		open();
		await expect.poll(() => board.cards.value.size).toBe(1);
		stop();
	});
});
