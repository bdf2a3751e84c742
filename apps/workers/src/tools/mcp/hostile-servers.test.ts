import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { isCoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { inputSchemaOf } from '@errand/core/planning/schema/json-schema.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../runs/failure-of.ts';
import { HandlerContext, StopSwitch } from '../../runs/run-context.ts';
import { abortError } from '../../runs/stop-cause.ts';
import { openMcpSource } from '../open-mcp-source.ts';
import { parseMcpServers } from '../read-mcp-servers.ts';

const PROGRAM = join(import.meta.dirname, 'fixture/hostile-server.mjs');
const KEY = 'a-key-nobody-may-see';

let dataDir: string;
let source: ICapabilitySource;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-hostile-'));
	source = await open(0);
	await until(() => ['many', 'lies', 'good', 'paged'].every((name) => offered(name).length > 0));
	await until(() => ['silent', 'exits'].every((name) => source.missing().has(`mcp.${name}`)));
});
afterAll(async () => {
	await source.stop();
	await rm(dataDir, { recursive: true, force: true });
});

async function open(refreshAfterMs: number): Promise<ICapabilitySource> {
	const entry = (mode: string, errand: object = {}) => {
		const env = { API_KEY: '${MCP_KEY}' };
		return { command: 'node', args: [PROGRAM, mode], env, errand: { timeoutMs: 2_000, startMs: 10_000, ...errand } };
	};
	const mcpServers = {
		good: entry('good', { keepHome: true, memoryMb: 400, effects: { dies: 'external' } }),
		many: entry('many'),
		lies: entry('lies'),
		paged: entry('endless-list'),
		silent: entry('silent', { startMs: 500 }),
		exits: entry('exits'),
	};
	const given = { path: 'mcp.json', variables: { MCP_KEY: KEY } };
	const servers = parseMcpServers(JSON.stringify({ mcpServers }), given);
	const log = { debug() {}, info() {}, warn() {}, error() {} };
	return await openMcpSource({
		servers,
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

async function call(tool: string, { task = tool, stop = new StopSwitch(), input = {} as Json } = {}) {
	const capability = source.capabilities().find(({ name }) => name === `mcp.good.${tool}`);
	if (capability === undefined) throw new Error(`There is no ${tool}.`);
	const scope = { taskId: asTaskId(task), person: asPersonId('ann'), answers: [], workspace: undefined };
	const resources = { artifacts: {} as never, fetch: async () => Promise.reject(new Error('not here')) };
	const context = new HandlerContext(scope, { resources, services: {}, stop, onProgress: () => {} });
	try {
		return { output: await capability.run(input, context), origins: context.origins };
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
		['never', /did not carry out "never" in time/, 'retryable'],
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

	it.concurrent('lets go at once of a run that is stopped', async () => {
		const stop = new StopSwitch();
		const ended = call('never', { task: 'stopped', stop });
		setTimeout(() => stop.stop(abortError()), 300);
		expect((await ended).failure?.kind).toBe('cancelled');
	});
});

async function until(holds: () => boolean): Promise<void> {
	for (let tries = 0; !holds(); tries++) {
		if (tries > 600)
			throw new Error(`Not within 30 s: ${source.capabilities().length} ${[...source.missing()].join('; ')}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
