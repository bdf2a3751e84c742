import type { QueueDepth } from '../../ports/job-queue.ts';
import type { RegisteredWorker, WorkerOrder, WorkerState } from '../../ports/worker-registry.ts';
import type { WorkerPool } from '../desks/cluster.ts';
import { chatList } from './chat-list.ts';
import { code } from './people.ts';

const STATE_WORDS: Readonly<Record<WorkerState, string>> = {
	IDLE: 'not taking steps yet',
	WAITING: 'free',
	BUSY: 'busy',
	ERROR: 'backing off',
	SHUTDOWN: 'finishing',
};

/** workersReply answers `/workers`: the busy and the broken first, because they are what one looks for. */
export function workersReply(workers: readonly RegisteredWorker[]): string {
	if (workers.length === 0) return 'No worker is running: nothing that needs one goes on.';
	const running = workers.reduce((sum, worker) => sum + worker.running.length, 0);
	const head = `${counted(workers.length, 'worker')}, ${counted(running, 'step')} running:`;
	const shown = workers.toSorted((a, b) => interest(b) - interest(a)).map((worker) => `- ${workerLine(worker)}`);
	return `${head}\n\n${chatList(shown)}`;
}

/** orderReply confirms an order that a worker was given. */
export function orderReply(worker: RegisteredWorker, order: WorkerOrder): string {
	const name = workerName(worker);
	const steps = worker.running.length;
	switch (order) {
		case 'drain':
			return steps === 0 ? `${name} exits.` : `${name} takes nothing new, ends ${counted(steps, 'step')} and exits.`;
		case 'pause':
			return `${name} takes nothing new${steps === 0 ? '' : ` and ends ${counted(steps, 'step')}`}. \`/workers resume ${worker.worker}\` lets it go on.`;
		case 'resume':
			return `${name} takes steps again.`;
	}
}

/** queuesReply answers `/queues`. */
export function queuesReply(queues: readonly QueueDepth[]): string {
	if (queues.length === 0) return 'Nothing waits and nothing runs.';
	return chatList(
		queues.map(({ capability, waiting, running, oldestWaitMs }) => {
			const longest = waiting === 0 ? '' : ` (longest ${duration(oldestWaitMs)})`;
			return `- ${code(capability)} – ${waiting} waiting${longest}, ${running} running`;
		}),
	);
}

/** poolsReply answers `/scale`. */
export function poolsReply(pools: readonly WorkerPool[]): string {
	if (pools.length === 0) return 'Nothing here starts and stops workers.';
	return chatList(
		pools.map(({ name, runs, current, wanted, scaled, min, max }) => {
			const now = current === wanted ? counted(current, 'worker') : `${current} of ${counted(wanted, 'worker')}`;
			const how = scaled === 'auto' ? `by load, ${min} to ${max}` : 'as you said';
			return `- ${code(name)} – ${now}, ${how}; ${runs}`;
		}),
	);
}

/** workerName shows a worker's name as it is typed. */
export function workerName({ worker }: RegisteredWorker): string {
	return code(worker);
}

function workerLine(worker: RegisteredWorker): string {
	const { state, paused, running, sessions, release, fault } = worker;
	const parts = [
		paused && state !== 'SHUTDOWN' ? 'paused' : STATE_WORDS[state],
		...(running.length === 0 ? [] : [`${running.length} running`]),
		...(sessions.length === 0 ? [] : [counted(sessions.length, 'session')]),
		release,
	];
	return `${workerName(worker)} – ${parts.join(', ')}${fault === undefined ? '' : `. ${fault}`}`;
}

function interest({ state, paused, running }: RegisteredWorker): number {
	if (state === 'ERROR') return 1_000_000;
	if (paused || state === 'SHUTDOWN') return 500_000;
	return running.length;
}

function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function duration(ms: number): string {
	if (ms < 1_000) return 'under 1 s';
	const seconds = Math.round(ms / 1_000);
	if (seconds < 120) return `${seconds} s`;
	return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
