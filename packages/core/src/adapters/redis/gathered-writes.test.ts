import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { gatherWrites } from './gathered-writes.ts';

it('has what is written in one turn leave together, and the next turn by itself', async () => {
	const { redis, sent } = aConnection();
	redis.stream.write('a');
	redis.stream.write('b');
	await Promise.resolve();
	redis.stream.write('c');
	expect(sent).toEqual([]);
	await turn();
	expect(sent).toEqual(['abc']);
	redis.stream.write('d');
	await turn();
	expect(sent).toEqual(['abc', 'd']);
});

it('lets go of what is gathered when the connection ends', async () => {
	const { redis, sent } = aConnection();
	redis.stream.write('last');
	redis.stream.end();
	await turn();
	expect(sent).toEqual(['last']);
});

function aConnection() {
	const sent: string[] = [];
	const stream = new Writable({
		write: (chunk, _encoding, done) => {
			sent.push(String(chunk));
			done();
		},
		writev: (chunks, done) => {
			sent.push(chunks.map(({ chunk }) => String(chunk)).join(''));
			done();
		},
	});
	const redis = Object.assign(new EventEmitter(), { stream }) as unknown as Redis;
	gatherWrites(redis);
	redis.emit('connect');
	return { redis, sent };
}
