import type { IClock } from '@errand/core/ports/clock.ts';
import type { IScalingBackend, ScaleOptions, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';
import { z } from 'zod';
import { type ApiAnswer, type ApiCall, callApi, expectStatus, type Platform } from '../api-call.ts';
import type { WorkerCommand } from '../scaling-config.ts';
import { chooseSurplus } from '../surplus.ts';
import { type ContainerSpec, containerSpec, POOL_LABEL } from './container-spec.ts';
import type { DockerConfig } from './docker-config.ts';

/** DockerBackendOptions is what workers in containers take. */
export interface DockerBackendOptions {
	readonly config: DockerConfig;
	/** Which Errand's containers these are, among those of one Docker. */
	readonly cluster: string;
	/** What a worker of a pool is started with, and what it finds in its environment. */
	readonly command: (pool: string) => WorkerCommand;
	readonly environment: Readonly<Record<string, string>>;
	readonly clock: IClock;
}

/** DockerBackend runs workers as containers of one Docker, over the Engine API. A container that ends is removed by Docker. */
export class DockerBackend implements IScalingBackend {
	readonly drains = false;
	readonly #options: DockerBackendOptions;
	/** Containers that were told to end, and when. */
	readonly #told = new Map<string, number>();
	#version: string | undefined;

	constructor(options: DockerBackendOptions) {
		this.#options = options;
	}

	describe(): string {
		return `containers of ${this.#options.config.image}`;
	}

	async current(pool: string): Promise<number> {
		return (await this.#list(pool)).length;
	}

	async scaleTo(pool: string, count: number, options: ScaleOptions): Promise<void> {
		const { signal } = options;
		const containers = await this.#list(pool, signal);
		for (let missing = count - containers.length; missing > 0; missing--) await this.#start(pool, signal);
		const surplus = chooseSurplus(containers, containers.length - count, options, isAt);
		for (const container of surplus) await this.#end(container.id, signal);
	}

	async close(): Promise<void> {}

	async #list(pool: string, signal?: AbortSignal): Promise<readonly Container[]> {
		const filters = {
			label: [`${POOL_LABEL}=${this.#options.cluster}/${pool}`],
			status: ['created', 'running', 'restarting', 'paused'],
		};
		const query = new URLSearchParams({ all: 'true', filters: JSON.stringify(filters) });
		const answer = await this.#call({ method: 'GET', path: `/containers/json?${query}`, signal });
		expectStatus(DOCKER, 'list containers', answer, 200);
		return Containers.parse(answer.body).map(({ Id, Created }) => ({ id: Id, startedAt: Created * 1_000 }));
	}

	async #start(pool: string, signal: AbortSignal): Promise<void> {
		const { config, cluster, command, environment } = this.#options;
		const body: ContainerSpec = containerSpec({ config, pool, cluster, command: command(pool), environment });
		const created = await this.#call({ method: 'POST', path: '/containers/create', body, signal });
		expectStatus(DOCKER, `make a container of ${config.image}`, created, 201);
		const { Id: id } = Created.parse(created.body);
		const started = await this.#call({ method: 'POST', path: `/containers/${id}/start`, signal });
		if (started.status === 204 || started.status === 304) return;
		// One that was never started is not removed by itself.
		await this.#call({ method: 'DELETE', path: `/containers/${id}?force=true` });
		expectStatus(DOCKER, 'start a container', started, 204);
	}

	/** A worker drains at the first word; one that is still there long after the first word is killed. */
	async #end(id: string, signal: AbortSignal): Promise<void> {
		const now = this.#options.clock.now();
		const toldAt = this.#told.get(id);
		if (toldAt === undefined) this.#told.set(id, now);
		const kills = toldAt !== undefined && now - toldAt > this.#options.config.drainMs;
		if (toldAt !== undefined && !kills) return;
		const path = `/containers/${id}/kill?signal=${kills ? 'SIGKILL' : 'SIGTERM'}`;
		const answer = await this.#call({ method: 'POST', path, signal });
		// 404: gone meanwhile.
		if (answer.status !== 409) expectStatus(DOCKER, 'end a container', answer, 204, 404);
		// 409: it does not run (any longer), so only its remains are there to be removed.
		else await this.#call({ method: 'DELETE', path: `/containers/${id}?force=true`, signal });
		if (kills || answer.status !== 204) this.#told.delete(id);
	}

	async #call(call: Pick<ApiCall, 'method' | 'body' | 'signal'> & { path: string }): Promise<ApiAnswer> {
		this.#version ??= await this.#agreeOnVersion(call.signal);
		return callApi(DOCKER, { ...call, ...this.#where(`/v${this.#version}${call.path}`) });
	}

	/** The newest version that both sides know: an Engine refuses calls of versions that it does not. */
	async #agreeOnVersion(signal: AbortSignal | undefined): Promise<string> {
		const answer = await callApi(DOCKER, { method: 'GET', ...this.#where('/_ping'), signal });
		const theirs = expectStatus(DOCKER, 'say its version', answer, 200).headers['api-version'];
		const minor = /^1\.(\d+)$/.exec(typeof theirs === 'string' ? theirs : '')?.[1];
		return minor === undefined || Number(minor) > NEWEST_MINOR ? `1.${NEWEST_MINOR}` : `1.${minor}`;
	}

	#where(path: string): Pick<ApiCall, 'url' | 'socketPath'> {
		const { socket, address } = this.#options.config;
		if (address !== undefined) return { url: new URL(path, address) };
		return { url: new URL(path, 'http://docker'), socketPath: socket };
	}
}

interface Container {
	readonly id: string;
	readonly startedAt: number;
}

/** A container's host name is the beginning of its id, unless somebody named it. */
function isAt({ id }: Container, { host }: WorkerPlace): boolean {
	return host.length >= 12 && id.startsWith(host);
}

const NEWEST_MINOR = 44;
const Containers = z.array(z.object({ Id: z.string(), Created: z.number() }));
const Created = z.object({ Id: z.string() });

const DOCKER: Platform = {
	name: 'Docker',
	reachHint:
		'Look whether Docker runs, and whether this process may use its socket (`backend.socket` in ERRAND_SCALING).',
	statusHints: {
		400: 'Docker does not understand the container that ERRAND_SCALING describes.',
		403: 'A proxy in front of the socket refuses this call: let it through for /containers and /_ping.',
		404: 'Pull the image first, or mend `backend.image` in ERRAND_SCALING.',
		409: 'Something else changes the same containers; it is tried again.',
	},
};
