import { CoreError } from '@errand/core/domain/errors.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, expect, it } from 'vitest';
import { parseMcpServers } from '../read-mcp-servers.ts';
import type { McpSessions } from './mcp-sessions.ts';
import { McpSource, type OfferedServer } from './mcp-source.ts';
import { type ReadTools, readTools } from './read-tools.ts';

let clock: FakeClock;
let answer: () => ReadTools;
let asked: number[];
let saved: ReadTools[];
let source: McpSource;
let changes: number;
let ways: string[];
let retired: string[];

const offering = (...names: string[]) => readTools(names.map((name) => ({ name })));
const names = () => source.capabilities().map(({ name }) => name);

function entry(way: string, more: Partial<OfferedServer> = {}): OfferedServer {
	const name = way.split('#')[0] ?? way;
	const text = JSON.stringify({ mcpServers: { [name]: { command: 'box' } } });
	const [server] = parseMcpServers(text, { path: '', variables: {} }).servers;
	if (server === undefined) throw new Error('It has no server.');
	return { server, way, known: { save: async (read) => void saved.push(read) }, remembered: undefined, ...more };
}

function open(remembered?: ReadTools): void {
	const sessions: Pick<McpSessions, 'list' | 'call' | 'retire' | 'endTask' | 'stop'> = {
		list: async (way) => {
			asked.push(clock.now());
			ways.push(way);
			return { kind: 'tools', id: 1, read: answer() };
		},
		call: async () => ({ kind: 'done', id: 1 }),
		retire: async (way) => void retired.push(way),
		endTask: async () => {},
		stop: async () => {},
	};
	const log = { debug() {}, info() {}, warn() {}, error() {} };
	source = new McpSource([entry('box#1', { remembered })], { sessions: sessions as McpSessions, clock, log });
	source.onChange(() => changes++);
}

beforeEach(() => {
	clock = new FakeClock(0);
	[asked, saved, changes, ways, retired] = [[], [], 0, [], []];
	answer = () => offering('one', 'two');
});

it('offers at once what is remembered, and tells nobody when the server says the same', async () => {
	open(offering('one', 'two'));
	const before = source.capabilities();
	expect(names()).toEqual(['mcp.box.one', 'mcp.box.two']);
	source.start(1_000);
	await clock.advance(1_000);
	expect(asked).toEqual([1_000]);
	expect(source.capabilities()).toBe(before);
	expect(changes).toBe(0);
});

it('offers nothing of a server that cannot be asked, says why, and asks again less and less often', async () => {
	open(offering('one'));
	answer = () => {
		throw new CoreError('fetch-failed', 'It is gone.', { hint: 'Look at it.' });
	};
	source.start(0);
	await clock.advance(100_000);
	expect(names()).toEqual([]);
	expect(source.missing()).toEqual(new Map([['mcp.box.one', 'It is gone. Look at it.']]));
	expect(asked).toEqual([0, 5_000, 15_000, 35_000, 75_000]);
	answer = () => offering('one', 'three');
	await clock.advance(80_000);
	expect(names()).toEqual(['mcp.box.one', 'mcp.box.three']);
	expect(source.missing().size).toBe(0);
	expect(saved).toHaveLength(1);
	expect(changes).toBe(2);
});

it('hears of changes soon, and of one that never stops changing less and less often', async () => {
	open();
	source.start(0);
	await clock.advance(0);
	for (let ms = 0; ms < 60_000; ms += 100) {
		source.changed('box');
		await clock.advance(100);
	}
	expect(asked.length).toBeGreaterThan(3);
	expect(asked.length).toBeLessThan(12);
	await source.stop();
	source.changed('box');
	expect(clock.waiting).toBe(0);
});

it('lets servers come and go, and disturbs none whose entry is as it was', async () => {
	open(offering('one'));
	const [before] = source.capabilities();
	answer = () => offering('far');
	source.replace([entry('box#1'), entry('hub#2')]);
	await clock.advance(0);
	expect(names()).toEqual(['mcp.box.one', 'mcp.hub.far']);
	expect(source.capabilities()[0]).toBe(before);
	expect(ways).toEqual(['hub#2']);
	source.replace([entry('hub#2')]);
	expect(names()).toEqual(['mcp.hub.far']);
	expect(retired).toEqual(['box#1']);
});

it('offers what a server offered before until its new entry says what it offers, or that it is of no use', async () => {
	open(offering('one'));
	source.replace([entry('box#2')]);
	expect(names()).toEqual(['mcp.box.one']);
	source.replace([entry('box#3')]);
	expect(retired).toEqual([]);
	answer = () => offering('new');
	await clock.advance(0);
	expect(names()).toEqual(['mcp.box.new']);
	expect(ways).toEqual(['box#3']);
	expect(retired.toSorted()).toEqual(['box#1', 'box#2']);
	answer = () => {
		throw new CoreError('fetch-failed', 'It is gone.', { hint: 'Look at it.' });
	};
	source.replace([entry('box#4')]);
	await clock.advance(0);
	expect(names()).toEqual([]);
	expect(retired).toContain('box#3');
});
