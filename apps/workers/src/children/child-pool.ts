import { availableParallelism } from 'node:os';
import { describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IRunner, RunHandle, RunRequest } from '../runs/runner.ts';
import { ChildRun } from './child-run.ts';
import { type ChildEnd, HandlerChild } from './handler-child.ts';
import { type Launcher, parentDeathLauncher } from './parent-death.ts';
import type { ChildInit, FromChild } from './protocol.ts';
import { residentMb } from './resident-memory.ts';

/** ChildPoolOptions bound the children: how many, how large, and how long one may be idle. */
export interface ChildPoolOptions {
	readonly init: ChildInit;
	readonly compileCacheDir: string;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly maxChildren?: number;
	readonly memoryMb?: number;
	readonly idleMs?: number;
	/** A child could not be started, or ended before it took a job: the host backs off. */
	readonly onFault?: (message: string) => void;
}

/** defaultMaxChildren is two for each core, from 2 to 8. */
export function defaultMaxChildren(): number {
	return Math.max(2, Math.min(8, 2 * availableParallelism()));
}

/**
 * ChildPool runs handlers in child processes: one job at a time in each, made on demand, used again, gone when idle. What a
 * handler does to its process (crash, exit, block, leak) ends that run and nothing else.
 */
export class ChildPool implements IRunner {
	readonly maxChildren: number;
	readonly #options: ChildPoolOptions;
	readonly #memoryMb: number;
	readonly #members = new Set<Member>();
	readonly #waiting: ChildRun[] = [];
	#launcher: Promise<Launcher> | undefined;
	#callOffWatch: (() => void) | undefined;
	#stopped = false;

	constructor(options: ChildPoolOptions) {
		this.#options = options;
		this.maxChildren = options.maxChildren ?? defaultMaxChildren();
		this.#memoryMb = options.memoryMb ?? DEFAULT_MEMORY_MB;
	}

	/** Process ids of the children alive now. */
	get pids(): readonly number[] {
		return [...this.#members].flatMap(({ child }) => child?.pid ?? []);
	}

	start(request: RunRequest): RunHandle {
		const run = new ChildRun(request, this.#options.clock);
		if (this.#stopped) run.end(DRAINED);
		else {
			this.#waiting.push(run);
			this.#assign();
		}
		return run;
	}

	/** Has runs from now on in children that load everything anew; those under way end where they are. */
	renew(): void {
		for (const member of this.#members) {
			if (member.run === undefined) this.#discard(member);
			else member.outdated = true;
		}
		this.#assign();
	}

	/** Kills every child at once; runs under way end as drained. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#callOffWatch?.();
		for (const run of this.#waiting.splice(0)) run.end(DRAINED);
		const members = [...this.#members];
		for (const member of members) {
			member.run?.end(DRAINED);
			this.#discard(member);
		}
		await Promise.all(members.map(({ gone }) => gone));
	}

	#assign(): void {
		while (this.#waiting.length > 0) {
			const member = this.#freeMember();
			if (member === undefined) return;
			const run = this.#waiting.shift();
			if (run === undefined || run.ended) continue;
			member.callOffRetire?.();
			member.run = run;
			if (member.ready && member.child !== undefined) this.#sendRun(member, run, member.child);
		}
	}

	/** The child used last, so that those not needed grow idle; else a new one. */
	#freeMember(): Member | undefined {
		let latest: Member | undefined;
		for (const member of this.#members) {
			if (member.run === undefined && !member.discarded && (latest === undefined || member.usedAt >= latest.usedAt)) {
				latest = member;
			}
		}
		return latest ?? (this.#members.size < this.maxChildren ? this.#spawn() : undefined);
	}

	#spawn(): Member {
		const { promise: gone, resolve: setGone } = Promise.withResolvers<void>();
		const member: Member = { ready: false, discarded: false, usedAt: this.#options.clock.now(), gone, setGone };
		this.#members.add(member);
		this.#launcher ??= parentDeathLauncher(process.execPath);
		void this.#launcher.then((launcher) => this.#launch(member, launcher));
		return member;
	}

	#launch(member: Member, launcher: Launcher): void {
		if (member.discarded) return this.#remove(member);
		const { init, compileCacheDir } = this.#options;
		try {
			member.child = new HandlerChild(
				{ init, compileCacheDir, launcher, memoryMb: this.#memoryMb },
				{
					message: (message) => this.#heard(member, message),
					gone: (end) => this.#lost(member, end),
				},
			);
			member.callOffStart = this.#options.clock.after(START_TIMEOUT_MS, () => member.child?.kill());
		} catch (error) {
			this.#failedToStart(member, describeError(error));
			this.#remove(member);
		}
	}

	#heard(member: Member, message: FromChild): void {
		const { run, child } = member;
		switch (message.kind) {
			case 'ready':
				member.ready = true;
				member.callOffStart?.();
				if (run !== undefined && child !== undefined) this.#sendRun(member, run, child);
				return;
			case 'progress':
				if (run?.ended === false) run.request.onProgress(message.progress);
				return;
			case 'call':
				void run?.answer(message.call, message.request);
				return;
			case 'ended':
				member.run = undefined;
				member.usedAt = this.#options.clock.now();
				run?.end(JSON.parse(message.outcome) as RunOutcome);
				this.#release(member);
		}
	}

	#sendRun(member: Member, run: ChildRun, child: HandlerChild): void {
		if (run.ended) {
			member.run = undefined;
			return this.#release(member);
		}
		run.sendTo(child);
		this.#watchMemory();
		// A run that is stopped for good takes its child along; another child takes its place at once.
		void run.outcome.then(() => {
			if (member.run === run) this.#discard(member);
		});
	}

	#release(member: Member): void {
		const { clock, idleMs = DEFAULT_IDLE_MS } = this.#options;
		member.callOffRetire?.();
		if (member.outdated === true || this.#keepsTooMuch(member)) this.#discard(member);
		else member.callOffRetire = clock.after(idleMs, () => this.#discard(member));
		this.#assign();
	}

	/** A child that holds half its limit after a job leaks, and would take an innocent run down later. */
	#keepsTooMuch({ child }: Member): boolean {
		const held = child?.pid === undefined ? undefined : residentMb(child.pid);
		return held !== undefined && held > Math.max(MIN_RECYCLE_MB, this.#memoryMb / 2);
	}

	#discard(member: Member): void {
		member.discarded = true;
		member.callOffRetire?.();
		member.child?.kill();
	}

	#lost(member: Member, end: ChildEnd): void {
		const { run, ready, child } = member;
		this.#remove(member);
		if (run === undefined || run.ended) return;
		if (!ready) return this.#failedToStart(member, end.startError?.message ?? `it ended at start. ${end.lastWords}`);
		const { code, signal, lastWords } = end;
		const { id: jobId, capability } = run.request.job;
		this.#options.log.warn('handler child died', { jobId, capability, pid: child?.pid, code, signal, lastWords });
		run.end(end.ranOutOfHeap ? usedTooMuch(this.#memoryMb) : { kind: 'lost', cause: 'child-died' });
	}

	#failedToStart({ run }: Member, why: string): void {
		this.#options.log.error('handler child did not start', { why });
		this.#options.onFault?.(`A child process for steps did not start: ${why}`);
		run?.end(DRAINED);
	}

	#remove(member: Member): void {
		member.callOffRetire?.();
		member.callOffStart?.();
		this.#members.delete(member);
		member.setGone();
		if (!this.#stopped) this.#assign();
	}

	#watchMemory(): void {
		this.#callOffWatch ??= this.#options.clock.after(WATCH_EVERY_MS, () => {
			this.#callOffWatch = undefined;
			let watched = false;
			for (const { run, child } of this.#members) {
				if (run === undefined || run.ended || child?.pid === undefined) continue;
				watched = true;
				const held = residentMb(child.pid);
				if (held === undefined || held <= this.#memoryMb) continue;
				run.end(usedTooMuch(this.#memoryMb));
			}
			if (watched) this.#watchMemory();
		});
	}
}

const DEFAULT_MEMORY_MB = 512;
const MIN_RECYCLE_MB = 160;
const DEFAULT_IDLE_MS = 5_000;
/** A child that takes longer to load the catalogue is stuck. */
const START_TIMEOUT_MS = 15_000;
const WATCH_EVERY_MS = 200;
const DRAINED: RunOutcome = { kind: 'lost', cause: 'drained' };

/** One place in the pool: a child on its way, at work, idle, or dying. */
interface Member {
	child?: HandlerChild;
	run?: ChildRun | undefined;
	ready: boolean;
	discarded: boolean;
	/** It has loaded code that is no longer current. */
	outdated?: boolean;
	usedAt: number;
	callOffStart?: () => void;
	callOffRetire?: () => void;
	readonly gone: Promise<void>;
	readonly setGone: () => void;
}

function usedTooMuch(memoryMb: number): RunOutcome {
	return {
		kind: 'failed',
		failure: {
			kind: 'permanent',
			code: 'too-large',
			message: `The step used more than ${memoryMb} MB of memory and was stopped.`,
			hint: 'Give it a smaller document, or split its work into several steps.',
		},
	};
}
