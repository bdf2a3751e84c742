import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScaling, workerCommand } from './scaling-config.ts';
import { localEnvironment, remoteEnvironment } from './worker-environment.ts';

describe('the configuration of scaling', () => {
	it('needs no more than a pool and its largest size', () => {
		const { config } = parseScaling('{"pools": {"work": {"max": 4}}}');
		expect(config?.backend).toEqual({ kind: 'local', drainMs: 60_000 });
		expect(config?.pools['work']).toMatchObject({ min: 0, max: 4, concurrency: 4, targetWaitMs: 5_000 });
	});

	it('may stand in a file', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'errand-scaling-'));
		const path = join(folder, 'scaling.json');
		await writeFile(path, '{"backend": {"kind": "docker", "image": "errand:1"}, "pools": {"work": {"max": 4}}}');
		expect(parseScaling(path).config?.backend).toMatchObject({ kind: 'docker', socket: '/var/run/docker.sock' });
		await rm(folder, { recursive: true });
	});

	it('says every mistake at once', () => {
		const { config, mistakes } = parseScaling(
			'{"backend": {"kind": "fly", "app": "a", "region": "Frankfurt"}, "pools": {"a b": {"max": 4}, "work": {"min": 9, "max": 4, "size": 3}}}',
		);
		expect(config).toBeUndefined();
		const said = mistakes.join('; ');
		for (const each of ['backend.image', 'backend.region', 'pools.a b', 'pools.work', 'size'])
			expect(said).toContain(each);
	});

	it('says that it is no JSON, nor a file', () => {
		expect(parseScaling('{"pools":').mistakes[0]).toContain('must be JSON');
		expect(parseScaling('nowhere.json').mistakes[0]).toContain('nowhere.json');
	});
});

describe('a worker of a pool', () => {
	it('is told its pool, its capabilities and how many jobs it runs at once', () => {
		const rules = parseScaling(
			'{"pools": {"work": {"max": 4, "concurrency": 6, "capabilities": ["web.read", "text.compare"]}}}',
		);
		const command = workerCommand('/app', 'work', rules.config?.pools['work'] ?? fail());
		expect([command.file, ...command.arguments].join(' ')).toBe(
			'/app/apps/workers/src/main.ts --pool work --concurrency 6 --capabilities web.read,text.compare',
		);
	});

	it('is given neither the database, nor what platforms trust gateways with, nor keys of models', () => {
		const env = {
			...{ PATH: '/bin', REDIS_URL: 'redis://r', DATABASE_URL: 'postgres://p', DISCORD_TOKEN: 'd', ERRAND_TOKEN: 't' },
			...{ ERRAND_CLUSTER: 'e', ERRAND_DATA_DIR: '/data', ERRAND_WORKER_PORT: '9', PORT: '3000', OPENAI_API_KEY: 'k' },
			...{ ERRAND_MODELS: 'models.yaml', HOUSE_KEY: 'k', ERRAND_SECRET_KEY: 's', BRAVE_API_KEY: 'b' },
		};
		expect(Object.keys(localEnvironment(env)).toSorted()).toEqual(
			['PATH', 'REDIS_URL', 'ERRAND_CLUSTER', 'ERRAND_DATA_DIR', 'ERRAND_SECRET_KEY', 'BRAVE_API_KEY'].toSorted(),
		);
		expect(Object.keys(remoteEnvironment(env)).toSorted()).toEqual(
			['BRAVE_API_KEY', 'ERRAND_CLUSTER', 'ERRAND_SECRET_KEY', 'REDIS_URL'].toSorted(),
		);
	});
});

function fail(): never {
	throw new Error('The pool is not there.');
}
