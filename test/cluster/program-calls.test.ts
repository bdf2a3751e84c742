import type { RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { ProgramCalls } from '@errand/core/adapters/redis/programs/program-calls.ts';
import { expect, test } from 'vitest';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
const program = 'counting-1';

async function openCaller() {
	const { line, proxy } = await lines.openThroughProxy('worker');
	const calls = new ProgramCalls(line);
	lines.cleanUp(() => calls.stop());
	return { line, proxy, calls, redis: (await lines.open('program')).commands };
}

function begin(calls: ProgramCalls) {
	const signal = new AbortController().signal;
	const heard: (number | undefined)[] = [];
	const onProgress = ({ percent }: { percent?: number | undefined }) => void heard.push(percent);
	const asked = { capability: 'demo.count', input: {}, task: 't1', answers: [] };
	const run = { ...asked, timeoutMs: 60_000, signal, onProgress };
	return { done: calls.call(program, run), heard };
}

const taken = async ({ keys, commands }: Pick<RedisLine, 'keys' | 'commands'>) => {
	const [, text] = (await commands.blpop(keys.program(program, 'calls'), 20)) ?? [];
	return text === undefined ? undefined : (JSON.parse(text) as { id: string; answerTo: string });
};

test('gives a program its call once, though it was sent again because the answer of Redis was lost', async () => {
	const { line, proxy, calls, redis } = await openCaller();
	// The script is known from now on, so that the first thing lost is the answer to a call that was put there.
	const first = begin(calls);
	const known = await taken({ keys: line.keys, commands: redis });
	await redis.rpush(known?.answerTo ?? '', JSON.stringify({ kind: 'done', id: known?.id, output: 1 }));
	expect(await first.done).toMatchObject({ output: 1 });

	proxy.dropAnswers(1);
	const second = begin(calls);
	const call = await taken({ keys: line.keys, commands: redis });
	expect(call).toBeDefined();
	await eventually(() => expect(line.reachable()).toBe(true));
	// Whatever was sent again stands there before this.
	await line.commands.ping();
	expect(await redis.llen(line.keys.program(program, 'calls'))).toBe(0);
	await redis.rpush(call?.answerTo ?? '', JSON.stringify({ kind: 'done', id: call?.id, output: 2 }));
	expect(await second.done).toMatchObject({ output: 2 });
});

test('hears what comes after a word that whoever called cannot take', async () => {
	const { line, calls, redis } = await openCaller();
	const run = { capability: 'demo.count', input: {}, task: 't1', answers: [], timeoutMs: 60_000 };
	const onProgress = () => {
		throw new Error('Nobody listens any more.');
	};
	const done = calls.call(program, { ...run, signal: new AbortController().signal, onProgress });
	const call = await taken({ keys: line.keys, commands: redis });
	const say = (word: object) => redis.rpush(call?.answerTo ?? '', JSON.stringify({ id: call?.id, ...word }));
	await say({ kind: 'progress', percent: 10 });
	await say({ kind: 'done', output: 'all' });
	expect(await done).toMatchObject({ output: 'all' });
});

test('hears what a program says though the line is cut in the middle of saying it', async () => {
	const { line, proxy, calls, redis } = await openCaller();
	const { done, heard } = begin(calls);
	const call = await taken({ keys: line.keys, commands: redis });
	const say = (word: object) => redis.rpush(call?.answerTo ?? '', JSON.stringify({ id: call?.id, ...word }));
	await say({ kind: 'progress', percent: 10 });
	await eventually(() => expect(heard).toEqual([10]));
	await eventually(async () => expect(await redis.llen(call?.answerTo ?? '')).toBe(0));

	// The word is on its way back to whoever waits for it, and gets lost with the line.
	proxy.dropAnswers(1);
	await say({ kind: 'done', output: 'all' });
	expect(await done).toMatchObject({ output: 'all' });
	await eventually(async () => expect(await redis.llen(call?.answerTo ?? '')).toBe(0));
});

test('fails a run whose program ends it with what nobody understands, and passes over such progress', async () => {
	const { calls, line, redis } = await openCaller();
	const { done, heard } = begin(calls);
	const call = await taken({ keys: line.keys, commands: redis });
	const say = (word: object) => redis.rpush(call?.answerTo ?? '', JSON.stringify({ id: call?.id, ...word }));
	await say({ kind: 'progress', percent: 'much' });
	await say({ kind: 'progress', percent: 20 });
	await say({ kind: 'asked', questions: [{ kind: 'text' }] });
	await expect(done).rejects.toMatchObject({
		code: 'tool-failed',
		message: expect.stringContaining('questions[0].text'),
	});
	expect(heard).toEqual([20]);
});
