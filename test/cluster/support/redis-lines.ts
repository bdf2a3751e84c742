import { randomUUID } from 'node:crypto';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { afterEach, inject, vi } from 'vitest';
import { type CutProxy, startCutProxy } from '../../support/cut-proxy.ts';

/** TestLines opens lines of processes that share a cluster's name nobody else has. */
export interface TestLines {
	readonly log: ILogger;
	open(self: string, url?: string): Promise<RedisLine>;
	/** A line that can be cut. */
	openThroughProxy(self: string): Promise<{ line: RedisLine; proxy: CutProxy }>;
	/** Runs when the test is over; the last said goes first. */
	cleanUp(act: () => unknown): void;
}

/** testLines is called once in a test file; everything that a test opened is closed after it. */
export function testLines(): TestLines {
	const cleanUps: (() => unknown)[] = [];
	let cluster = newName();
	afterEach(async () => {
		for (const act of cleanUps.splice(0).reverse()) await act();
		cluster = newName();
	});
	const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
	const cleanUp = (act: () => unknown) => void cleanUps.push(act);
	const open = async (self: string, url = inject('redisUrl')) => {
		const line = await openRedisLine({ url, cluster, self, log });
		cleanUp(() => line.close());
		return line;
	};
	return {
		log,
		open,
		cleanUp,
		openThroughProxy: async (self) => {
			const proxy = await startCutProxy(inject('redisUrl'));
			cleanUp(() => proxy.close());
			return { line: await open(self, proxy.url), proxy };
		},
	};
}

/** eventually waits until a check passes, long enough for a machine that is busy. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
	return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}

function newName(): string {
	return `test-${randomUUID().slice(0, 8)}`;
}
