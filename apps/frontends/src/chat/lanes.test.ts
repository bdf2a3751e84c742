import { expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

it('lanes keep the order of each lane, whatever fails, and do not wait for each other', async () => {
	const lanes = new Lanes();
	const done: string[] = [];
	const gate = Promise.withResolvers<void>();
	const first = lanes.run('a', async () => {
		await gate.promise;
		done.push('a1');
		throw new Error('no');
	});
	void lanes.run('a', async () => void done.push('a2'));
	await lanes.run('b', async () => void done.push('b1'));
	gate.resolve();
	await expect(first).rejects.toThrow('no');
	await lanes.idle();
	expect(done).toEqual(['b1', 'a1', 'a2']);
});

it('lanes let work in several of them wait for each, and nothing waits for ever', async () => {
	const lanes = new Lanes();
	const done: string[] = [];
	const gates = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
	for (const lane of ['a', 'b'] as const) {
		void lanes.run(lane, async () => {
			await gates[lane].promise;
			done.push(lane);
		});
	}
	void lanes.run(['a', 'b'], async () => void done.push('ab'));
	void lanes.run(['b', 'a'], async () => void done.push('ba'));
	void lanes.run('a', async () => void done.push('a2'));
	gates.b.resolve();
	await new Promise((resolve) => setImmediate(resolve));
	expect(done).toEqual(['b']);
	gates.a.resolve();
	await lanes.idle();
	expect(done).toEqual(['b', 'a', 'ab', 'ba', 'a2']);
});
