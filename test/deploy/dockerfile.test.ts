import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { Copy, DockerfileParser, From, type Instruction } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { variablesOf } from './variables.ts';

const source = readFileSync(join(REPOSITORY, 'deploy/Dockerfile'), 'utf8');
const dockerfile = DockerfileParser.parse(source);
const instructions = dockerfile.getInstructions();
const of = (keyword: string) => instructions.filter((one) => one.getInstruction() === keyword);
const argumentsOf = (one: Instruction | undefined) => one?.getArguments().map((argument) => argument.getValue()) ?? [];
const froms = instructions.filter((one): one is From => one instanceof From);
const stages = froms.map((from) => from.getBuildStage()).filter((name) => name !== null);
const copies = instructions
	.filter((one): one is Copy => one instanceof Copy)
	.map((copy) => ({ from: copy.getFromFlag()?.getValue(), paths: argumentsOf(copy).slice(0, -1) }));

describe('the Dockerfile', () => {
	it('is made in stages of images that are named exactly enough, and copies from those that are there', () => {
		expect(stages).toEqual(['manifests', 'packages', 'page']);
		for (const from of froms) {
			const image = from.getImage() ?? '';
			expect(stages.includes(image) || /^node:24-bookworm-slim$/.test(image)).toBe(true);
		}
		for (const { from } of copies) if (from !== undefined && from !== null) expect(stages).toContain(from);
	});

	it('copies files that there are, and that are not kept out of the build', () => {
		const paths = copies.flatMap(({ from, paths: sources }) => (from ? [] : sources));
		expect(paths.length).toBeGreaterThan(8);
		for (const path of paths)
			expect([path, existsSync(join(REPOSITORY, path)), isSent(path)]).toEqual([path, true, true]);
	});

	it('copies the manifest of every workspace, because npm ci needs all of them', () => {
		const { workspaces } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
			workspaces: string[];
		};
		const manifests = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: REPOSITORY }));
		const copied = copies.flatMap(({ paths }) => paths);
		expect(manifests.filter((manifest) => !copied.includes(manifest))).toEqual([]);
	});

	it('runs as a user of its own, with its signals handled and its health looked at', () => {
		expect(argumentsOf(of('USER').at(-1))).toEqual(['10001:10001']);
		expect(of('ENTRYPOINT').at(-1)?.getArgumentsContent()).toBe('["tini", "--"]');
		const command = JSON.parse(of('CMD').at(-1)?.getArgumentsContent() ?? '[]') as string[];
		expect(command[0]).toBe('node');
		expect(existsSync(join(REPOSITORY, command[1] ?? ''))).toBe(true);
		expect(of('HEALTHCHECK').at(-1)?.getRawArgumentsContent()).toContain('/healthz');
	});

	it('holds no secret and sets only variables that are read', () => {
		expect(source).not.toMatch(/(?:PASSWORD|TOKEN|SECRET|API_KEY)\s*=/);
		expect(of('ARG')).toEqual([]);
		const set = of('ENV')
			.flatMap(argumentsOf)
			.map((pair) => pair.split('=')[0] ?? '');
		const known = new Set(['NODE_ENV', ...variablesOf('gateway'), ...variablesOf('workers')]);
		expect(set).toContain('ERRAND_DATA_DIR');
		expect(set.filter((name) => !known.has(name))).toEqual([]);
	});

	it('installs from the lock file, runs nobody’s scripts, and has the browser with what keeps it together', () => {
		const runs = of('RUN').map((run) => run.getRawArgumentsContent() ?? '');
		const installs = runs.filter((run) => run.includes('npm '));
		expect(installs).toHaveLength(2);
		for (const install of installs) expect(install).toMatch(/^npm ci .*--ignore-scripts/);
		expect(runs.join()).toMatch(/apt-get install .*bubblewrap .*chromium-headless-shell /s);
	});
});

describe('what is sent to the build', () => {
	it('leaves out data, secrets, installed packages and tests', () => {
		const kept = [
			'.env',
			'deploy/.env',
			'data/token',
			'node_modules/zod/package.json',
			'.git/config',
			'test/e2e/page.test.ts',
		];
		const within = [
			'apps/gateway/.env',
			'apps/gateway/node_modules/x/index.js',
			'packages/core/src/domain/ids.test.ts',
			'apps/frontends/dist/web/index.html',
		];
		for (const path of [...kept, ...within]) expect([path, isSent(path)]).toEqual([path, false]);
		for (const path of ['apps/gateway/src/main.ts', 'apps/workers/src/main.ts', 'packages/core/package.json'])
			expect([path, isSent(path)]).toEqual([path, true]);
	});

	it('leaves out nothing that the programs import', () => {
		const shipped = globSync('{apps,packages}/*/src/**/*.ts', { cwd: REPOSITORY }).filter(isSent);
		expect(shipped.length).toBeGreaterThan(500);
		const strays = shipped.flatMap((file) => {
			const imported = readFileSync(join(REPOSITORY, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+\.ts)'/g);
			return [...imported]
				.map(([, path = '']) => path)
				.filter((path) => /\/(?:testing|fixture)\/|\.test\.ts$/.test(path))
				.map((path) => `${file} imports ${path}`);
		});
		expect(strays).toEqual([]);
	});
});

it('the lock file knows the packages of all platforms, without which npm ci refuses it', () => {
	const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
		packages: Record<string, { optionalDependencies?: Record<string, string> }>;
	};
	const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies).filter((name) => {
			for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
				if (Object.hasOwn(packages, at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`)) return false;
				if (at === '') return true;
			}
		}),
	);
	expect(missing).toEqual([]);
});

const RULES = readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8')
	.split('\n')
	.filter((line) => line !== '' && !line.startsWith('#'))
	.map((line) => ({ keeps: line.startsWith('!'), fits: patternOf(line.replace(/^!/, '')) }));

/** Docker's `*` takes names that begin with a dot too. */
function patternOf(glob: string): RegExp {
	const parts = glob
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
	return new RegExp(`^${parts}$`);
}

/** Whether .dockerignore lets a file through: the last line that fits it, or a folder it is in, decides. */
function isSent(path: string): boolean {
	const parts = path.split('/');
	const places = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
	let sent = true;
	for (const { keeps, fits } of RULES) if (places.some((place) => fits.test(place))) sent = keeps;
	return sent;
}
