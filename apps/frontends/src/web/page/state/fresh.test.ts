import { describe, expect, it } from 'vitest';
import { createFresh } from './fresh.ts';
import { ProblemError } from './problem.ts';

/** Readings that are answered by hand, in any order. */
function readings() {
	const waiting: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
	const read = () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
	return { waiting, fresh: createFresh(read, 1_000) };
}

describe('createFresh', () => {
	it('keeps what was asked for last, whatever is answered last', async () => {
		const { fresh, waiting } = readings();
		const both = [fresh.refresh(), fresh.refresh()];
		waiting[1]?.resolve('new');
		waiting[0]?.resolve('old');
		await Promise.all(both);
		expect(fresh.value.value).toBe('new');
	});

	it('keeps what it has over a failure, says why it failed, and forgets that when it works again', async () => {
		const { fresh, waiting } = readings();
		const first = fresh.refresh();
		waiting[0]?.resolve('one');
		await first;
		const second = fresh.refresh();
		waiting[1]?.reject(new ProblemError({ status: 403, code: 'forbidden', message: 'Not you.' }));
		await second;
		expect(fresh.value.value).toBe('one');
		expect(fresh.problem.value?.message).toBe('Not you.');
		const third = fresh.refresh();
		waiting[2]?.resolve('two');
		await third;
		expect(fresh.value.value).toBe('two');
		expect(fresh.problem.value).toBeUndefined();
	});
});
