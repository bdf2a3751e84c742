import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CORE = 'packages/core/src';

/** Ranks of ARCHITECTURE: what stands lower may be imported from higher up, never the other way. */
const RANKS: readonly { readonly folder: string; readonly rank: number }[] = [
	{ folder: `${CORE}/domain`, rank: 0 },
	// Whoever calls from outside stands on nothing of the server.
	{ folder: 'packages/client/src', rank: 0 },
	{ folder: `${CORE}/ports`, rank: 1 },
	// What all stores of history write alike stands below them.
	{ folder: `${CORE}/adapters/history`, rank: 1.5 },
	// Whoever keeps secrets stands on it.
	{ folder: `${CORE}/adapters/sealing`, rank: 1.5 },
	// What both books of model costs reckon alike.
	{ folder: `${CORE}/adapters/ledger`, rank: 1.5 },
	{ folder: `${CORE}/adapters/postgres`, rank: 2 },
	{ folder: `${CORE}/orchestrator`, rank: 2 },
	{ folder: `${CORE}/planning`, rank: 2 },
	{ folder: `${CORE}/workflows`, rank: 2 },
	{ folder: `${CORE}/models`, rank: 2 },
	...['files', 'git', 'in-process', 'logging', 'network', 'search', 'sqlite', 'webhook'].map((name) => ({
		folder: `${CORE}/adapters/${name}`,
		rank: 2,
	})),
	// Stands on what is in process; queues on Redis stand on it.
	{ folder: `${CORE}/adapters/redis`, rank: 2.25 },
	{ folder: `${CORE}/adapters/bullmq`, rank: 2.5 },
	{ folder: `${CORE}/infrastructure`, rank: 3 },
	// What others write capabilities with.
	{ folder: 'packages/capability-sdk/src', rank: 3 },
	{ folder: `${CORE}/testing`, rank: 3 },
	// What all chat platforms have in common stands below them.
	{ folder: 'apps/frontends/src/chat', rank: 3 },
	...['web', 'discord', 'telegram', 'sms'].map((name) => ({ folder: `apps/frontends/src/${name}`, rank: 4 })),
	{ folder: 'apps/frontends/src/terminal', rank: 4 },
	{ folder: 'apps/workers/src', rank: 4 },
	{ folder: 'apps/gateway/src', rank: 5 },
	{ folder: 'test', rank: 6 },
];

const PACKAGES: Readonly<Record<string, string>> = {
	'@errand/core': CORE,
	'@errand/client': 'packages/client/src',
	'@errand/capability-sdk': 'packages/capability-sdk/src',
	'@errand/frontends': 'apps/frontends/src',
	'@errand/workers': 'apps/workers/src',
	'@errand/gateway': 'apps/gateway/src',
};

interface Import {
	readonly from: string;
	readonly to: string;
	readonly typeOnly: boolean;
	/** Loaded when it is needed. */
	readonly lazy: boolean;
}

const files = globSync('{apps,packages}/*/src/**/*.{ts,tsx}', { cwd: ROOT })
	.filter((file) => !file.includes('node_modules') && !file.endsWith('.d.ts'))
	.toSorted();
const shipped = files.filter((file) => !/\.(?:test|contract)\.tsx?$|\/(?:fixture|testing)\//.test(file));
const sources = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
const imports = shipped.flatMap(importsOf);

function importsOf(from: string): Import[] {
	const source = sources.get(from) ?? '';
	const statements = source.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]/g);
	const dynamic = source.matchAll(/import\(\s*()['"]([^'"]+)['"]\s*\)/g);
	const read = (found: Iterable<RegExpMatchArray>, lazy: boolean) =>
		[...found].map(([, type, specifier = '']) => {
			return { from, to: fileOf(from, specifier) ?? specifier, typeOnly: !lazy && type !== undefined, lazy };
		});
	return [...read(statements, false), ...read(dynamic, true)];
}

function fileOf(from: string, specifier: string): string | undefined {
	if (specifier.startsWith('.')) return relative(ROOT, resolve(ROOT, dirname(from), specifier));
	const name = specifier.split('/').slice(0, 2).join('/');
	const folder = PACKAGES[name];
	return folder === undefined ? undefined : join(folder, specifier.slice(name.length + 1));
}

function placeOf(file: string) {
	return RANKS.find(({ folder }) => file.startsWith(`${folder}/`));
}

describe('imports', () => {
	it('are found at all, and every file has a rank', () => {
		expect(imports.length).toBeGreaterThan(500);
		expect(
			files.filter((file) => placeOf(file) === undefined && !file.startsWith('apps/frontends/src/web/page')),
		).toEqual([]);
	});

	it('never go upward, nor sideways between folders of one rank', () => {
		const wrong = imports.filter(({ from, to }) => {
			const [here, there] = [placeOf(from), placeOf(to)];
			if (here === undefined || there === undefined || here.folder === there.folder) return false;
			return there.rank >= here.rank;
		});
		expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	it('have no cycles', () => {
		const graph = new Map<string, string[]>();
		for (const { from, to, typeOnly } of imports) {
			if (!typeOnly && sources.has(to)) graph.set(from, [...(graph.get(from) ?? []), to]);
		}
		expect(findCycle(graph)).toBeUndefined();
	});

	it('keep the domain pure: nothing but itself and zod, no clock, no chance, no Node', () => {
		const domain = imports.filter(({ from }) => from.startsWith(`${CORE}/domain/`));
		const foreign = domain.filter(({ to }) => !to.startsWith(`${CORE}/domain/`) && to !== 'zod');
		expect(foreign.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
		const impure = shipped.filter(
			(file) =>
				file.startsWith(`${CORE}/domain/`) &&
				/\b(?:Date\.now\(|new Date\(\)|Math\.random\(|process\.|setTimeout\()/.test(sources.get(file) ?? ''),
		);
		expect(impure).toEqual([]);
	});

	it('keep vendors’ platform libraries in the folders of their adapters', () => {
		const homes: Readonly<Record<string, string | readonly string[]>> = {
			'node:sqlite': `${CORE}/adapters/`,
			pg: `${CORE}/adapters/postgres/`,
			express: 'apps/gateway/src/http/',
			'@modelcontextprotocol/client': 'apps/workers/src/tools/mcp/keeper/',
			'@a2a-js/sdk': ['apps/gateway/src/a2a/', 'apps/workers/src/tools/a2a/'],
			'@modelcontextprotocol/server': 'apps/gateway/src/mcp/',
			'@modelcontextprotocol/server/stdio': 'apps/gateway/src/mcp/',
			'@modelcontextprotocol/node': 'apps/gateway/src/mcp/http/',
			undici: `${CORE}/adapters/network/`,
			openai: `${CORE}/models/`,
			yaml: [
				`${CORE}/adapters/files/`,
				`${CORE}/models/config/`,
				`${CORE}/planning/workflow/`,
				'apps/workers/src/tools/a2a/',
			],
			'@marcbachmann/cel-js': `${CORE}/planning/workflow/expression/`,
			'@energetic-ai/embeddings': `${CORE}/models/embeddings/`,
			ioredis: `${CORE}/adapters/redis/`,
			bullmq: `${CORE}/adapters/bullmq/`,
			'discord.js': 'apps/frontends/src/discord/',
			grammy: 'apps/frontends/src/telegram/',
			twilio: 'apps/frontends/src/sms/',
			standardwebhooks: `${CORE}/adapters/webhook/`,
			diff: 'apps/workers/src/monitoring/',
		};
		const strays = imports.filter(
			({ from, to, typeOnly }) =>
				!typeOnly && to in homes && ![homes[to] ?? ''].flat().some((home) => from.startsWith(home)),
		);
		expect(strays.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});
});

describe('a server alone', () => {
	it('loads nothing of what only a cluster needs, early or late', () => {
		const CLUSTER = 'apps/gateway/src/foundation/cluster.ts';
		const loaded = loadedWith('apps/gateway/src/run-server.ts', ({ to, lazy }) => !lazy || to !== CLUSTER);
		expect(loaded.size).toBeGreaterThan(200);
		expect([...loaded].filter((name) => /^(?:pg|ioredis|bullmq|@socket\.io\/redis-.*)(?:\/|$)/.test(name))).toEqual([]);
		expect([...loaded].filter((name) => /\/adapters\/(?:postgres|redis|bullmq)\//.test(name))).toEqual([]);
		expect([...loadedWith(CLUSTER, () => true)]).toEqual(expect.arrayContaining(['pg', 'ioredis', 'bullmq']));
	});
});

describe('a server without chat platforms', () => {
	it('loads none of their libraries', () => {
		const loaded = loadedWith('apps/gateway/src/run-server.ts', ({ lazy }) => !lazy);
		expect(loaded.size).toBeGreaterThan(200);
		expect([...loaded].filter((name) => /^(?:discord\.js|grammy|@grammyjs\/.*|twilio)$/.test(name))).toEqual([]);
		const adapters = [...loaded].filter((name) => /^apps\/frontends\/src\/(?:discord|telegram|sms)\//.test(name));
		expect(adapters.filter((name) => !/\/(?:variables|webhook-paths)\.ts$/.test(name))).toEqual([]);
	});
});

describe('the environment', () => {
	it('is read in config.ts only', () => {
		const readers = shipped.filter((file) => /\bprocess\.env\b/.test(sources.get(file) ?? ''));
		expect(readers.filter((file) => !/(?:^|\/)config\.ts$/.test(file))).toEqual([]);
		expect(readers.length).toBeGreaterThan(0);
	});
});

describe('names', () => {
	it('say something', () => {
		expect(
			files.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|manager|types|shared)\.tsx?$/.test(file)),
		).toEqual([]);
	});
});

function loadedWith(file: string, counts: (one: Import) => boolean): ReadonlySet<string> {
	const loaded = new Set([file]);
	for (const each of loaded) {
		for (const one of imports) if (one.from === each && !one.typeOnly && counts(one)) loaded.add(one.to);
	}
	return loaded;
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
	const done = new Set<string>();
	const path: string[] = [];
	const visit = (file: string): readonly string[] | undefined => {
		const at = path.indexOf(file);
		if (at !== -1) return [...path.slice(at), file];
		if (done.has(file)) return undefined;
		path.push(file);
		for (const next of graph.get(file) ?? []) {
			const cycle = visit(next);
			if (cycle !== undefined) return cycle;
		}
		path.pop();
		done.add(file);
		return undefined;
	};
	for (const file of graph.keys()) {
		const cycle = visit(file);
		if (cycle !== undefined) return cycle;
	}
	return undefined;
}
