import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterErrand, ProcessKind } from '../../cluster/support/cluster-errand.ts';
import type { Chance } from '../../simulation/chance.ts';
import type { PostgresServer } from '../../support/postgres-server.ts';
import type { RedisServer } from '../../support/redis-server.ts';
import { type ProcessEntry, processesUnder } from '../process-tree.ts';
import { untilAdopted } from './until-adopted.ts';

/** VICTIMS are the kinds of process that are killed. */
export const VICTIMS = ['worker', 'gateway', 'frontends', 'redis', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Kill is one SIGKILL; times are ms since 1970. */
export interface Kill {
	readonly victim: Victim;
	readonly index: number;
	readonly at: number;
	/** Ready again. */
	upAt: number;
	/** Starts again that failed, because something else was down. */
	failedStarts: number;
	/** How long streams had a dead home, where it drove any. */
	adoptedMs?: number | undefined;
}

/** KillerOptions say what is killed, by whose chance, and how often. */
interface Options {
	readonly cluster: Pick<ClusterErrand, 'kill' | 'restart' | 'members'>;
	readonly redis: RedisServer;
	readonly postgres: PostgresServer;
	readonly databaseUrl: string;
	readonly chance: Chance;
	/** Between two kills, on average. */
	readonly everyMs: number;
	readonly log: (line: string) => void;
}

/** How often each is killed beside the others: three workers are three times one. */
const WEIGHTS: Readonly<Record<Victim, number>> = { worker: 6, gateway: 4, frontends: 1, redis: 2, postgres: 2 };
const MAX_STARTS = 20;
const MAX_AWAY_MS = 1_200;

/** StormKiller kills at random moments, and starts again what it killed as a supervisor does. */
export class StormKiller {
	readonly kills: Kill[] = [];
	/** What the killed had started. */
	readonly orphans: ProcessEntry[] = [];
	readonly #options: Options;
	readonly #down = new Map<string, Promise<void>>();

	constructor(options: Options) {
		this.#options = options;
	}

	/** Kills for so long, and each kind at least once; resolves when all of them run again. */
	async rage(forMs: number): Promise<void> {
		const { chance, everyMs } = this.#options;
		const owed = [...VICTIMS].sort(() => chance() - 0.5);
		for (const until = Date.now() + forMs; Date.now() < until || owed.length > 0; ) {
			await wait(everyMs * (0.3 + 1.4 * chance()));
			const victim = owed.shift() ?? this.#any();
			const index = this.#indexOf(victim);
			if (index === undefined) continue;
			const name = `${victim}-${index}`;
			const struck = this.#strike(victim, index).finally(() => this.#down.delete(name));
			this.#down.set(name, struck);
		}
		await Promise.all(this.#down.values());
	}

	#any(): Victim {
		const all = VICTIMS.flatMap((victim) => Array.from({ length: WEIGHTS[victim] }, () => victim));
		return all[Math.floor(this.#options.chance() * all.length)] ?? 'worker';
	}

	/** One that runs; one that still starts is left alone. */
	#indexOf(victim: Victim): number | undefined {
		const members = isServer(victim) ? [{ index: 0 }] : this.#options.cluster.members(victim);
		const up = members.filter(({ index }) => !this.#down.has(`${victim}-${index}`));
		return up[Math.floor(this.#options.chance() * up.length)]?.index;
	}

	async #strike(victim: Victim, index: number): Promise<void> {
		const awayMs = this.#options.chance() * MAX_AWAY_MS;
		const alone = this.#options.chance() < 0.5;
		const kill: Kill = { victim, index, at: Date.now(), upAt: 0, failedStarts: 0 };
		this.kills.push(kill);
		if (isServer(victim)) {
			const server = this.#options[victim];
			await server.kill();
			await wait(awayMs);
			await server.restart();
		} else {
			await this.#killProcess(victim, index, { alone, kill });
			await wait(awayMs);
			await this.#startAgain(victim, index, kill);
		}
		kill.upAt = Date.now();
		this.#options.log(`${victim} ${index} was away for ${kill.upAt - kill.at} ms`);
	}

	/** `alone`: what it started is not killed with it, and has to notice by itself. */
	async #killProcess(kind: ProcessKind, index: number, { alone, kill }: { alone: boolean; kill: Kill }): Promise<void> {
		const { cluster, databaseUrl } = this.#options;
		const member = cluster.members(kind).find((one) => one.index === index);
		if (member === undefined || !member.running()) return;
		this.orphans.push(...(await processesUnder(member.pid)));
		if (alone) member.signal('SIGKILL');
		else await cluster.kill(kind, index);
		if (kind === 'worker') return;
		void untilAdopted(databaseUrl, member.pid).then((ms) => {
			kill.adoptedMs = ms;
		});
	}

	async #startAgain(kind: ProcessKind, index: number, kill: Kill): Promise<void> {
		for (;;) {
			try {
				return await this.#options.cluster.restart(kind, index);
			} catch (error) {
				if (++kill.failedStarts >= MAX_STARTS) throw error;
				this.#options.log(`${kind} ${index} did not start: ${String(error).slice(0, 300)}`);
				await wait(300);
			}
		}
	}
}

function isServer(victim: Victim): victim is 'redis' | 'postgres' {
	return victim === 'redis' || victim === 'postgres';
}
