import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { expect, test, vi } from 'vitest';
import { SavedStates } from './saved-states.ts';

/** A vault that takes its time. */
class SlowVault {
	readonly secrets = new Map<string, string>();
	async put(name: string, secret: string): Promise<void> {
		await new Promise((resolve) => setTimeout(resolve, 20));
		this.secrets.set(name, secret);
	}
	async get(name: string): Promise<string | undefined> {
		return this.secrets.get(name);
	}
	async deleteUnder(prefix: string): Promise<void> {
		for (const name of this.secrets.keys()) if (name.startsWith(prefix)) this.secrets.delete(name);
	}
}

const task = asTaskId('t');
const wanted = () => true;
const over = { keepState: false };
const failed = { keepState: true };
const DAY_MS = 86_400_000;

test('keeps what each context of a task remembers, apart from others', async () => {
	const vault = new SlowVault();
	const states = new SavedStates(vault, new FakeClock());
	await states.save(
		task,
		[
			{ context: 'main', state: '1' },
			{ context: 'other', state: '2' },
		],
		wanted,
	);
	await states.save(asTaskId('t2'), [{ context: 'main', state: '3' }], wanted);
	expect(await states.get(task, 'main')).toBe('1');
	await states.forget(task, over);
	expect([...vault.secrets]).toEqual([['sessions/t2/browser/main', '3']]);
	expect(await states.get(task, 'main')).toBeNull();
});

test('forgets also what is just being written, or comes when the task is over', async () => {
	const vault = new SlowVault();
	const states = new SavedStates(vault, new FakeClock());
	let isOpen = true;
	const first = states.save(task, [{ context: 'main', state: '1' }], () => isOpen);
	const second = states.save(task, [{ context: 'main', state: '2' }], () => isOpen);
	isOpen = false;
	await states.forget(task, over);
	await Promise.all([first, second, states.save(task, [{ context: 'main', state: '3' }], () => isOpen)]);
	expect(vault.secrets.size).toBe(0);
});

test('keeps nothing without a vault', async () => {
	const states = new SavedStates(undefined, new FakeClock());
	await states.save(task, [{ context: 'main', state: '1' }], wanted);
	expect(await states.get(task, 'main')).toBeNull();
	expect(states.isKept).toBe(false);
	await states.forget(task, over);
});

test('keeps what a task that failed remembers for a day, and longer once the task goes on', async () => {
	const vault = new SlowVault();
	const clock = new FakeClock();
	const states = new SavedStates(vault, clock);
	const [replayed, left, done] = ['t', 'left', 'done'].map(asTaskId) as [TaskId, TaskId, TaskId];
	for (const each of [replayed, left, done]) {
		await states.save(each, [{ context: 'main', state: each }], wanted);
		await states.forget(each, failed);
	}
	await states.forget(done, over);
	expect(await states.get(done, 'main')).toBeNull();
	// After a restart.
	states.stop();
	const later = new SavedStates(vault, clock);
	await later.sweep();
	await clock.advance(DAY_MS - 1);
	expect(await later.get(replayed, 'main')).toBe('t');
	await clock.advance(1);
	await vi.waitFor(() =>
		expect([...vault.secrets.keys()].toSorted()).toEqual(['sessions-kept', 'sessions/t/browser/main']),
	);
	await later.forget(replayed, over);
	expect([...vault.secrets.values()]).toEqual(['[]']);
});

test('keeps the latest of those that failed, not all of a bad day', async () => {
	const vault = new SlowVault();
	vault.put = async (name, secret) => void vault.secrets.set(name, secret);
	const states = new SavedStates(vault, new FakeClock());
	for (let n = 0; n < 60; n++) {
		const each = asTaskId(`t${n}`);
		await states.save(each, [{ context: 'main', state: 'x' }], wanted);
		await states.forget(each, failed);
	}
	const kept = [...vault.secrets.keys()].filter((name) => name.startsWith('sessions/'));
	expect([kept.length, kept[0]]).toEqual([50, 'sessions/t10/browser/main']);
});
