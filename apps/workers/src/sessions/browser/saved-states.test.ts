import { asTaskId } from '@errand/core/domain/ids.ts';
import { expect, test } from 'vitest';
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

test('keeps what each context of a task remembers, apart from others', async () => {
	const vault = new SlowVault();
	const states = new SavedStates(vault);
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
	await states.forget(task);
	expect([...vault.secrets]).toEqual([['sessions/t2/browser/main', '3']]);
	expect(await states.get(task, 'main')).toBeNull();
});

test('forgets also what is just being written, or comes when the task is over', async () => {
	const vault = new SlowVault();
	const states = new SavedStates(vault);
	let isOpen = true;
	const first = states.save(task, [{ context: 'main', state: '1' }], () => isOpen);
	const second = states.save(task, [{ context: 'main', state: '2' }], () => isOpen);
	isOpen = false;
	await states.forget(task);
	await Promise.all([first, second, states.save(task, [{ context: 'main', state: '3' }], () => isOpen)]);
	expect(vault.secrets.size).toBe(0);
});

test('keeps nothing without a vault', async () => {
	const states = new SavedStates(undefined);
	await states.save(task, [{ context: 'main', state: '1' }], wanted);
	expect(await states.get(task, 'main')).toBeNull();
	expect(states.isKept).toBe(false);
	await states.forget(task);
});
