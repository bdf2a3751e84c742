import { expect, test } from 'vitest';
import { Turnstile } from './turnstile.ts';

const free = new AbortController().signal;

test('lets so many through at once, the others in order', async () => {
	const turnstile = new Turnstile(2);
	const order: number[] = [];
	let inside = 0;
	let most = 0;
	await Promise.all(
		Array.from({ length: 20 }, (_, number) =>
			turnstile
				.pass(free, async () => {
					order.push(number);
					most = Math.max(most, ++inside);
					await new Promise((resolve) => setTimeout(resolve, number % 3));
					inside--;
					if (number === 5) throw new Error('one that fails makes room as well');
				})
				.catch(() => undefined),
		),
	);
	expect(most).toBe(2);
	expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
});

test('takes out of the line whoever gives up, and keeps the place for the next', async () => {
	const turnstile = new Turnstile(1);
	const leave = Promise.withResolvers<void>();
	const first = turnstile.pass(free, () => leave.promise);
	const stop = new AbortController();
	const second = turnstile.pass(stop.signal, async () => 'second');
	const third = turnstile.pass(free, async () => 'third');
	stop.abort(new Error('stopped'));
	await expect(second).rejects.toThrow('stopped');
	await expect(turnstile.pass(stop.signal, async () => 'never')).rejects.toThrow('stopped');
	leave.resolve();
	await first;
	expect(await third).toBe('third');
});
