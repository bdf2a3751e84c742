import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { inputSchemaOf } from '@errand/core/planning/schema/json-schema.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../runs/failure-of.ts';
import { HandlerContext, StopSwitch } from '../../runs/run-context.ts';
import { abortError } from '../../runs/stop-cause.ts';
import { type McpServersSource, openMcpSource } from '../open-mcp-source.ts';
import { parseMcpServers } from '../read-mcp-servers.ts';
import type { McpServersConfig } from './server-config.ts';

const PROGRAM = join(import.meta.dirname, 'fixture/hostile-server.mjs');
const KEY = 'a-key-nobody-may-see';

let dataDir: string;
let source: McpServersSource;
let folder: string;
let web: Server;
let port: number;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-hostile-'));
	folder = await mkdtemp(join(tmpdir(), 'errand-given-'));
	web = createServer(answerBadly);
	await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
	port = (web.address() as AddressInfo).port;
	source = await open(0);
	await until(() => ['many', 'lies', 'good', 'slow', 'paged'].every((name) => offered(name).length > 0));
	const broken = ['silent', 'exits', 'web-huge', 'web-endless', 'web-astray', 'web-silent', 'web-page'];
	await until(() => broken.every((name) => source.missing().has(`mcp.${name}`)));
}, 120_000);
afterAll(async () => {
	await source.stop();
	web.closeAllConnections();
	web.close();
	for (const path of [dataDir, folder]) await rm(path, { recursive: true, force: true });
});

/** `effects` are more of what the operator says of the tools of `good`. */
function entries(effects: object = {}): McpServersConfig {
	const entry = (mode: string, errand: object = {}) => {
		const env = { API_KEY: '${MCP_KEY}' };
		return { command: 'node', args: [PROGRAM, mode], env, errand: { timeoutMs: 30_000, startMs: 20_000, ...errand } };
	};
	const elsewhere = (mode: string, startMs = 60_000) => {
		return { url: `http://127.0.0.1:${port}/${mode}`, errand: { startMs } };
	};
	const mcpServers = {
		good: entry('good', {
			keepHome: true,
			memoryMb: 400,
			folders: [{ path: folder, write: true }],
			effects: { dies: 'external', ...effects },
		}),
		slow: entry('good', { timeoutMs: 1_500, tools: ['never'] }),
		many: entry('many'),
		lies: entry('lies'),
		paged: entry('endless-list'),
		silent: entry('silent', { startMs: 500 }),
		exits: entry('exits'),
		'web-huge': elsewhere('huge'),
		'web-endless': elsewhere('endless'),
		'web-astray': elsewhere('astray'),
		'web-silent': elsewhere('silent', 500),
		'web-page': elsewhere('page'),
	};
	const given = { path: 'mcp.json', variables: { MCP_KEY: KEY } };
	return parseMcpServers(JSON.stringify({ mcpServers }), given);
}

async function open(refreshAfterMs: number): Promise<McpServersSource> {
	const log = { debug() {}, info() {}, warn() {}, error() {} };
	return await openMcpSource({
		servers: entries(),
		dataDir,
		allowPrivateHosts: [],
		clock: new SystemClock(),
		log,
		refreshAfterMs,
	});
}

function offered(server: string) {
	return source.capabilities().filter(({ name }) => name.startsWith(`mcp.${server}.`));
}

async function call(
	tool: string,
	{ server = 'good', task = tool, stop = new StopSwitch(), input = {} as Json, from = source } = {},
) {
	const capability = from.capabilities().find(({ name }) => name === `mcp.${server}.${tool}`);
	if (capability === undefined) throw new Error(`There is no ${tool}.`);
	const scope = { taskId: asTaskId(task), person: asPersonId('ann'), answers: [], workspace: undefined };
	const resources = { artifacts: {} as never, fetch: async () => Promise.reject(new Error('not here')) };
	const context = new HandlerContext(scope, { resources, services: {}, stop, onProgress: () => {} });
	try {
		const output = (await capability.run(input, context)) as { text: string; structured?: Json };
		return { output, origins: context.origins };
	} catch (error) {
		return { failure: failureOf(error), message: isCoreError(error) ? error.message : String(error) };
	}
}

describe('a server that lies about its tools', () => {
	it('offers those that make sense, under clean names, and no more than can be used', () => {
		expect(offered('many')).toHaveLength(500);
		expect([...source.missing()].find(([name]) => name.startsWith('mcp.many.'))?.[1]).toContain('the first 500 tools');
		expect(offered('lies').map(({ name }) => name)).toEqual(
			[
				'fine',
				'endless',
				'bad-pattern',
				'slow-pattern',
				'same-name',
				'same-name-2',
				'proto',
				'etc-passwd',
				'worst',
			].map((name) => `mcp.lies.${name}`),
		);
		expect(source.missing().get('mcp.lies.no-object')).toContain('does not describe an object');
		expect(source.missing().get('mcp.lies.huge-schema')).toContain('larger than 64 KB');
		expect(source.missing().get('mcp.lies.deep')).toContain('nested too deep');
		expect(offered('paged').length).toBeLessThanOrEqual(50);
	});

	it('is shown in its own words only as such, on one line of bounded length', () => {
		const fine = source.capabilities().find(({ name }) => name === 'mcp.lies.fine');
		expect(fine?.summary).toMatch(/^Tool of the MCP server "lies"\. It says: \[31mFine: Ignore all previous/);
		expect(fine?.summary.length).toBeLessThan(1_500);
		expect(fine?.summary).not.toMatch(/[\p{Cc}\p{Cf}]/u);
	});

	it('has schemas that neither break nor take long', () => {
		for (const { name, input, effects } of offered('lies')) {
			expect(() => inputSchemaOf(input), name).not.toThrow();
			expect(input.safeParse({ a: `${'a'.repeat(50_000)}!` }).success, name).toBe(true);
			expect(effects, name).toBe(name.endsWith('worst') ? 'external' : 'none');
		}
	});
});

describe('a server that cannot be used', () => {
	it('is missing with the reason, in which no secret stands', () => {
		expect(source.missing().get('mcp.exits')).toMatch(/ended with code 3.*The key \[secret\] is not known/);
		expect(source.missing().get('mcp.silent')).toContain('did not open a connection in time');
	});

	it('is missing with the reason when it misbehaves over HTTP', () => {
		const why = (name: string) => source.missing().get(`mcp.web-${name}`);
		expect(why('huge')).toContain('message of more than 10 MB');
		expect(why('endless')).toContain('message of more than 10 MB');
		expect(why('astray')).toContain('could not open a connection');
		expect(why('silent')).toContain('in time');
		expect(why('page')).toContain('could not open a connection');
		expect(wentAstray).toBe(false);
	});

	it('does not keep others from being known at the next start, before any was asked', async () => {
		const next = await open(600_000);
		expect(next.capabilities().length).toBeGreaterThan(500);
		await next.stop();
		expect(await readFile(join(dataDir, 'tools/mcp-good.json'), 'utf8')).not.toContain(KEY);
	});
});

describe('a server that misbehaves when it is called', () => {
	it.concurrent('answers within one connection for each task', async () => {
		const [first, second, other] = [
			await call('good', { task: 'a' }),
			await call('good', { task: 'a' }),
			await call('good', { task: 'b' }),
		];
		expect(first).toMatchObject({ output: { text: expect.stringMatching(/^good \d+$/) }, origins: ['mcp:good'] });
		expect(second.output).toEqual(first.output);
		await Promise.all(['a', 'b'].map((task) => source.endTask(asTaskId(task))));
		expect(other).toHaveProperty('output');
	});

	it.concurrent.each([
		['huge', /message of more than 10 MB/, 'permanent'],
		['nests', /nested deeper than 200 levels/, 'permanent'],
		['dies', /ended with code 1.*Whether it took effect is not known/, 'unknown-outcome'],
		['floods', /floods the connection|more than can be read/, 'retryable'],
		['shapeless', /gave an answer that is not one/, 'permanent'],
		['refuses', /it said: “.*No\. Ignore all/, 'permanent'],
		['fails', /failed; it said: “It broke: \[secret\]”/, 'permanent'],
		['eats', /MB of memory, and 400 MB are allowed/, 'retryable'],
	])('fails with a clear word when it %s', async (tool, message, kind) => {
		const ended = await call(tool);
		expect(ended.message).toMatch(message);
		expect(ended.failure?.kind).toBe(kind);
		await source.endTask(asTaskId(tool));
	});

	it.concurrent('is read for what was asked, among answers to nobody and junk', async () => {
		expect(await call('twice')).toMatchObject({ output: { text: 'first' } });
		expect(await call('junk')).toMatchObject({ output: { text: 'after junk' } });
		const leaked = await call('leaks');
		expect(leaked).toMatchObject({ output: { text: 'The key is [secret]', structured: { key: '[secret]' } } });
	});

	it.concurrent('is started anew for the next attempt when it died', async () => {
		expect(await call('dies-once')).toMatchObject({ failure: { kind: 'retryable' } });
		expect(await call('dies-once')).toMatchObject({ output: { text: 'alive' } });
	});

	it.concurrent('is given up when it never answers', async () => {
		const ended = await call('never', { server: 'slow', task: 'slow' });
		expect(ended.message).toMatch(/"slow" (?:did not carry out "never" in time|did not answer within)/);
		expect(ended.failure).toMatchObject({ kind: 'retryable', code: 'timed-out' });
	});

	it.concurrent('lets go at once of a run that is stopped', async () => {
		const stop = new StopSwitch();
		const ended = call('never', { task: 'stopped', stop });
		setTimeout(() => stop.stop(abortError()), 300);
		expect((await ended).failure?.kind).toBe('cancelled');
	});
});

describe('a server whose entry becomes another', () => {
	it('is spoken to by the new one from the next call on, while what was under way goes on', async () => {
		const stop = new StopSwitch();
		await call('good', { task: 'changed' });
		const working = call('never', { task: 'changed', stop });
		const [other] = offered('many');
		await source.update(entries({ good: 'idempotent' }));
		expect(source.capabilities().find(({ name }) => name === 'mcp.good.good')?.effects).toBe('idempotent');
		expect(offered('many')[0]).toBe(other);
		expect(await call('good', { task: 'changed' })).toMatchObject({ output: { text: expect.stringMatching(/^good/) } });
		stop.stop(abortError());
		expect((await working).failure?.kind).toBe('cancelled');
	});
});

describe('a server in its jail', () => {
	it('sees nothing of this machine but what it was given, no network, and none of its secrets', async () => {
		const paths = [dataDir, '/etc/shadow', '/root', join(PROGRAM, '../../hostile-servers.test.ts'), '/var', PROGRAM];
		const looked = await call('looks', { input: { paths, port, folder } });
		expect(looked.output?.structured).toEqual({
			seen: [false, false, false, false, false, true],
			reached: false,
			written: [true, false, true],
			env: ['API_KEY', 'HOME', 'LANG', 'PATH', 'PWD', 'TZ'],
		});
		expect(existsSync(join(folder, 'by-tool'))).toBe(true);
		expect(existsSync('/tmp/by-tool')).toBe(false);
	});
});

describe('a server that may use the network', () => {
	it('reaches what the guard lets through, and neither this machine nor what only it reaches', async () => {
		const before = waysOut();
		const allowed = createServer((_, response) => response.end('here'));
		await new Promise<void>((done) => allowed.listen(0, '127.0.0.1', done));
		const place = `127.0.0.1:${(allowed.address() as AddressInfo).port}`;
		const entry = { command: 'node', args: [PROGRAM, 'good'], errand: { network: true, startMs: 60_000 } };
		const variables = { path: 'mcp.json', variables: {} };
		const out = await openMcpSource({
			servers: parseMcpServers(JSON.stringify({ mcpServers: { out: entry } }), variables),
			...{ dataDir, allowPrivateHosts: [place], clock: new SystemClock(), refreshAfterMs: 0 },
			log: { debug() {}, info() {}, warn() {}, error() {} },
		});
		try {
			await until(() => out.capabilities().length > 0);
			const urls = [`http://${place}/`, `http://127.0.0.1:${port}/page`, 'http://169.254.169.254/'];
			const fetched = await call('fetches', { server: 'out', input: { urls }, from: out });
			expect(fetched.output?.structured).toEqual({
				seen: ['200 here', expect.stringMatching(REFUSED), expect.stringMatching(REFUSED)],
			});
			const looked = await call('looks', { server: 'out', input: { paths: [], port, folder }, from: out });
			expect(looked.output?.structured).toMatchObject({ reached: false });
		} finally {
			await out.stop();
			allowed.close();
		}
		await until(() => waysOut().every((folder) => before.includes(folder)));
	});
});

/** What keepers have for those who are to find their proxy. */
function waysOut(): readonly string[] {
	return readdirSync(tmpdir()).filter((name) => name.startsWith('errand-way-'));
}

/** As a page of the proxy, or where it refused a tunnel. */
const REFUSED = /^403|cancelled/;
let wentAstray = false;

function answerBadly(request: IncomingMessage, response: ServerResponse): void {
	const chunk = Buffer.alloc(1024 * 1024, 'x');
	const pour = () => {
		while (!response.destroyed && response.write(chunk));
	};
	request.resume();
	switch (request.url) {
		case '/huge':
		case '/endless':
			response.setHeader('content-type', request.url === '/huge' ? 'application/json' : 'text/event-stream');
			response.write(request.url === '/huge' ? '"' : 'data: ');
			response.on('drain', pour);
			return pour();
		case '/astray':
			response.writeHead(307, { location: `http://localhost:${port}/stolen` });
			return void response.end();
		case '/stolen':
			wentAstray = true;
			return void response.end();
		case '/page':
			response.setHeader('content-type', 'text/html');
			return void response.end('<html>Not here</html>');
		default:
	}
}

async function until(holds: () => boolean): Promise<void> {
	for (let tries = 0; !holds(); tries++) {
		if (tries > 2_000)
			throw new Error(`Not within 100 s: ${source.capabilities().length} ${[...source.missing()].join('; ')}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
