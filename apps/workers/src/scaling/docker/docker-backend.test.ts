import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../fixture/refusal.ts';
import { StandInDocker } from '../fixture/stand-in-docker.ts';
import { DockerBackend } from './docker-backend.ts';
import { DockerConfigSchema } from './docker-config.ts';

let docker: StandInDocker;
let clock: FakeClock;
let folder: string;

beforeEach(async () => {
	docker = new StandInDocker();
	clock = new FakeClock();
	folder = await mkdtemp(join(tmpdir(), 'errand-docker-'));
});

afterEach(async () => {
	await docker.close();
	await rm(folder, { recursive: true, force: true });
});

async function open(more: Record<string, unknown> = {}, where: 'tcp' | 'socket' = 'tcp'): Promise<DockerBackend> {
	const address = await docker.listen(where === 'socket' ? join(folder, 'docker.sock') : undefined);
	const config = DockerConfigSchema.parse({
		...{
			kind: 'docker',
			image: 'errand:1',
			network: 'errand',
			binds: ['errand-data:/data'],
			memoryMb: 512,
			env: { A: 'b=c' },
		},
		...(where === 'socket' ? { socket: address } : { address }),
		...more,
	});
	return new DockerBackend({
		...{ config, cluster: 'errand', clock, environment: { REDIS_URL: 'redis://redis' } },
		command: (pool) => ({ file: '/app/main.ts', arguments: ['--pool', pool] }),
	});
}

const freely = { leaving: [], keep: [], signal: new AbortController().signal };
const at = (id: string) => ({ worker: `w-${id}`, host: id.slice(0, 12), pid: 1 });
const idOf = (index: number) => docker.containers[index]?.id ?? '';

describe('workers in Docker', () => {
	it('start in containers that carry their pool, their command and what they need to know', async () => {
		const backend = await open({}, 'socket');
		await backend.scaleTo('readers', 2, freely);
		expect(docker.containers.map(({ state }) => state)).toEqual(['running', 'running']);
		expect(docker.containers[0]?.spec).toEqual({
			Image: 'errand:1',
			Cmd: ['node', '/app/main.ts', '--pool', 'readers'],
			Env: ['REDIS_URL=redis://redis', 'A=b=c'],
			Labels: { 'errand.pool': 'errand/readers' },
			StopSignal: 'SIGTERM',
			HostConfig: {
				AutoRemove: true,
				Binds: ['errand-data:/data'],
				NetworkMode: 'errand',
				Memory: 536_870_912,
			},
		});
		expect(await backend.current('readers')).toBe(2);
		expect(await backend.current('writers')).toBe(0);
	});

	it('speaks an older Engine’s version', async () => {
		await docker.close();
		docker = new StandInDocker('1.41');
		const backend = await open();
		await backend.scaleTo('readers', 1, freely);
		expect(docker.asked('POST').every((path) => path.startsWith('/v1.41/'))).toBe(true);
		expect(docker.containers).toHaveLength(1);
	});

	it('are told to end once, and killed when they have not long after', async () => {
		const backend = await open({ drainMs: 10_000 });
		await backend.scaleTo('readers', 3, freely);
		const [first, second, third] = [idOf(0), idOf(1), idOf(2)];
		const options = { ...freely, leaving: [at(second)], keep: [at(first), at(third)] };
		const signals = () =>
			docker.requests.flatMap(({ path, query }) => (path.endsWith('/kill') ? [query.get('signal')] : []));
		await backend.scaleTo('readers', 2, options);
		await backend.scaleTo('readers', 2, options);
		expect(signals()).toEqual(['SIGTERM']);
		await clock.advance(10_001);
		await backend.scaleTo('readers', 2, options);
		expect(signals()).toEqual(['SIGTERM', 'SIGKILL']);
		expect(docker.containers.map(({ id }) => id)).toEqual([first, third]);
	});

	it('removes a container that Docker made and could not start', async () => {
		const backend = await open();
		docker.faults.push({
			matches: ({ path }) => path.endsWith('/start'),
			answer: { status: 500, body: { message: 'network errand not found' } },
		});
		const error = await refusal(backend.scaleTo('readers', 1, freely));
		expect(error.message).toBe('Docker refused to start a container: 500 network errand not found');
		expect(docker.containers).toEqual([]);
	});

	it('says what to do when the image is missing', async () => {
		const backend = await open({ image: 'errand:2' });
		const error = await refusal(backend.scaleTo('readers', 1, freely));
		expect(error.message).toContain('404 No such image: errand:2');
		expect(error.hint).toContain('Pull the image');
	});

	it('says what to do when the socket is not there', async () => {
		const backend = await open({ address: undefined, socket: join(folder, 'nothing.sock') });
		const error = await refusal(backend.current('readers'));
		expect(error.code).toBe('fetch-failed');
		expect(error.hint).toContain('socket');
	});

	it('asks nothing once whoever asks may not ask any longer', async () => {
		const backend = await open();
		const error = await refusal(backend.scaleTo('readers', 1, { ...freely, signal: AbortSignal.abort() }));
		expect(error.code).toBe('cancelled');
		expect(docker.requests).toEqual([]);
	});
});
