import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { KeptEvents, type SessionEvents } from './kept-events.ts';

const said = (text: string): JSONRPCMessage => ({ jsonrpc: '2.0', method: 'said', params: { text } });

async function after(events: SessionEvents, id: string): Promise<readonly string[]> {
	const heard: string[] = [];
	await events.replayEventsAfter(id, {
		send: async (_id, message) => void heard.push('params' in message ? String(message.params?.['text']) : ''),
	});
	return heard;
}

it('gives what came after an event on its stream, and nothing of others', async () => {
	const kept = new KeptEvents();
	const [ann, bob] = [kept.ofSession(), kept.ofSession()];
	const first = await ann.storeEvent('s', said('one'));
	await bob.storeEvent('s', said('not for Ann'));
	await ann.storeEvent('t', said('elsewhere'));
	const last = await ann.storeEvent('s', said('two'));
	expect(await after(ann, first)).toEqual(['two']);
	expect(await after(ann, last)).toEqual([]);
	expect([ann.knows(first), ann.knows('99.s')]).toEqual([true, false]);
});

it('does not pretend to know what it kept no longer', async () => {
	const kept = new KeptEvents({ bytes: 2_000, bytesPerSession: 700 });
	const ann = kept.ofSession();
	const first = await ann.storeEvent('s', said('x'.repeat(100)));
	const second = await ann.storeEvent('s', said('y'.repeat(100)));
	await ann.storeEvent('s', said('z'.repeat(100)));
	await expect(after(ann, first)).rejects.toThrow('not kept');
	expect(await after(ann, second)).toEqual(['z'.repeat(100)]);
	const others = Array.from({ length: 10 }, () => kept.ofSession());
	for (const other of others) await other.storeEvent('s', said('w'.repeat(100)));
	await expect(after(ann, second)).rejects.toThrow('not kept');
	const newest = others.at(-1)?.storeEvent('s', said('v'));
	expect(await newest).toBe('2.s');
});

it('counts small events as what they cost, so that very many are too much', async () => {
	const ann = new KeptEvents({ bytes: 10_000, bytesPerSession: 10_000 }).ofSession();
	const first = await ann.storeEvent('s', said(''));
	for (let count = 0; count < 100; count++) await ann.storeEvent('s', said(''));
	expect(ann.knows(first)).toBe(false);
	ann.forget();
	expect(ann.knows('101.s')).toBe(false);
	const next = await ann.storeEvent('s', said('later'));
	expect([next, ann.knows(next)]).toEqual(['102.s', true]);
});
