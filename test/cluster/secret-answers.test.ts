import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aJob } from '@errand/core/testing/a-job.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRedis } from '../support/redis-server.ts';
import { aWorker, Dispatch, ToldRegistry } from './support/dispatch.ts';
import { MAY_STARVE } from './support/may-starve.ts';

test('what a person answered in confidence reaches the worker, and stands nowhere in Redis', MAY_STARVE, async () => {
	const redis = await startRedis({ aof: true });
	const dispatch = new Dispatch(redis.url);
	onTestFinished(async () => {
		await dispatch.close();
		await redis.stop();
	});
	const secret = randomBytes(6).toString('hex');
	const line = await dispatch.line('looks');
	// So that texts stand in it as they are.
	await line.commands.config('SET', 'rdbcompression', 'no');
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const answers = [{ question: 'What is the code?', answer: secret }];
	await queue.enqueue(aJob('a', { answers, input: { text: 'in the open' } }));
	const dump = async () => {
		const keys = await line.commands.keys('*');
		return Buffer.concat(
			await Promise.all(keys.map(async (key) => (await line.commands.dumpBuffer(key)) ?? Buffer.of())),
		);
	};
	await vi.waitFor(async () => expect((await dump()).includes('in the open')).toBe(true), 5_000);
	expect((await dump()).includes(secret)).toBe(false);

	const take = vi.fn();
	(await dispatch.source('one')).consume({ freeSlots: (name) => (name === 'test.work' ? 1 : 0), take });
	await vi.waitFor(() => expect(take).toHaveBeenCalledOnce(), 5_000);
	expect(take.mock.calls[0]?.[0]).toMatchObject({ id: 'a.step.1', answers });
	expect((await dump()).includes(secret)).toBe(false);
	// The file of all writes has what was written since.
	const [, folder = ''] = (await line.commands.config('GET', 'dir')) as string[];
	const appended = await appendedTo(folder);
	expect([appended.includes('in the open'), appended.includes(secret)]).toEqual([true, false]);
});

async function appendedTo(folder: string): Promise<Buffer> {
	const names = await readdir(folder, { recursive: true });
	const files = names.filter((name) => name.endsWith('.aof'));
	return Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name)))));
}
