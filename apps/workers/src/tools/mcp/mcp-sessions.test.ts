import { asTaskId } from '@errand/core/domain/ids.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, expect, it } from 'vitest';
import type { KeeperCall } from './keeper-link.ts';
import { McpSessions } from './mcp-sessions.ts';
import type { KeeperReply } from './protocol.ts';

const TASK = asTaskId('t1');
const OTHER = asTaskId('t2');
const CALL = { tool: 'x', args: {}, answers: [], timeoutMs: 1_000 };
const HOW = { timeoutMs: 1_000 };

let clock: FakeClock;
let told: string[];
let sessions: McpSessions;
/** Calls under way, each ended by calling it. */
let ends: (() => void)[];

beforeEach(() => {
	clock = new FakeClock(0);
	told = [];
	ends = [];
	const link = (server: string) => ({
		call: (call: KeeperCall): Promise<KeeperReply> => {
			told.push(`${server} ${call.kind}${'session' in call ? ` ${call.session}` : ''}`);
			if (call.kind !== 'call') return Promise.resolve({ kind: 'done', id: 1 });
			return new Promise((resolve) => ends.push(() => resolve({ kind: 'done', id: 1 })));
		},
		stop: async () => void told.push(`${server} stop`),
	});
	sessions = new McpSessions({ clock, maxOpen: 2 });
	for (const server of ['a', 'b']) sessions.add(server, link(server));
});

async function call(server: string, task: ReturnType<typeof asTaskId>): Promise<void> {
	const done = sessions.call(server, task, CALL, HOW);
	ends.at(-1)?.();
	await done;
}

it('closes what a task opened when it ends, and lets a server go that nobody uses', async () => {
	await call('a', TASK);
	await call('b', TASK);
	await sessions.endTask(TASK);
	expect(told).toEqual(['a call task:t1', 'b call task:t1', 'a close task:t1', 'b close task:t1']);
	expect(sessions.count).toBe(0);
	await clock.advance(5_000);
	expect(told.slice(4)).toEqual(['a stop', 'b stop']);
	await sessions.endTask(TASK);
	expect(clock.waiting).toBe(0);
});

it('closes one that was not used for ten minutes, counted from its last call', async () => {
	await call('a', TASK);
	await clock.advance(599_000);
	await call('a', TASK);
	await clock.advance(599_000);
	expect(sessions.count).toBe(1);
	await clock.advance(1_000);
	expect(sessions.count).toBe(0);
});

it('closes the one that rested longest to make room, and none that works', async () => {
	await call('a', TASK);
	const working = sessions.call('b', TASK, CALL, HOW);
	await call('a', OTHER);
	expect(told).toContain('a close task:t1');
	const more = sessions.call('a', OTHER, CALL, HOW);
	await expect(sessions.call('b', OTHER, CALL, HOW)).rejects.toMatchObject({ code: 'rate-limited' });
	for (const end of ends) end();
	await Promise.all([working, more]);
});

it('forgets what went with its keeper', async () => {
	await call('a', TASK);
	sessions.forget('a');
	expect(sessions.count).toBe(0);
	expect(clock.waiting).toBe(0);
});

it('lets calls under way end before a server goes whose entry is no more, and begins none', async () => {
	await call('a', TASK);
	const working = sessions.call('a', OTHER, CALL, HOW);
	await sessions.retire('a');
	expect(told).toEqual(['a call task:t1', 'a call task:t2', 'a close task:t1']);
	for (const end of ends) end();
	await working;
	await clock.advance(0);
	expect(told.slice(3)).toEqual(['a close task:t2', 'a stop']);
	await expect(sessions.call('a', TASK, CALL, HOW)).rejects.toMatchObject({ code: 'fetch-failed' });
	await call('b', TASK);
	await sessions.retire('b');
	expect(told.at(-1)).toBe('b stop');
	expect(sessions.count).toBe(0);
});
