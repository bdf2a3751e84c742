import { beforeEach, describe, expect, it } from 'vitest';
import { CHAT_COMMANDS, commandHelp } from '../../domain/conversation/chat-command.ts';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId, asStepId, asTaskId } from '../../domain/ids.ts';
import type { QueueDepth } from '../../ports/job-queue.ts';
import type { RegisteredWorker } from '../../ports/worker-registry.ts';
import type { IClusterDesk, WorkerPool } from '../desks/cluster.ts';
import type { Principal } from '../desks/desk.ts';
import { CLUSTER_COMMANDS, type ClusterCommandName, isClusterCommand, runClusterCommand } from './cluster-commands.ts';

const OWNER: Principal = { person: asPersonId('owner'), role: 'owner' };
const MEMBER: Principal = { person: asPersonId('ann'), role: 'member' };

const step = { jobId: 'j', taskId: asTaskId('t1'), stepId: asStepId('s'), capability: 'web.read', run: 1, since: 1 };

function worker(name: string, change: Partial<RegisteredWorker> = {}): RegisteredWorker {
	const times = { since: 1, at: 1, startedAt: 1 };
	const load = { capabilities: [], running: [], load: 0, rss: 1, slots: 4, sessions: [] };
	const where = { host: 'h', pid: 1, release: '0.4.0', paused: false };
	return { worker: name, state: 'WAITING', ...times, ...load, ...where, ...change };
}

let told: unknown[];
let workers: RegisteredWorker[];
let queues: QueueDepth[];
let pools: WorkerPool[];
beforeEach(() => {
	told = [];
	workers = [
		worker('alpha-1'),
		worker('alpha-2', { state: 'BUSY', running: [step, step], sessions: [asTaskId('t1')] }),
		worker('beta', { state: 'ERROR', fault: 'No memory.' }),
	];
	queues = [
		{ capability: 'web.read', waiting: 12, running: 3, oldestWaitMs: 4_200 },
		{ capability: 'text.count', waiting: 0, running: 1, oldestWaitMs: 0 },
	];
	pools = [{ name: 'local', runs: 'processes here', current: 1, wanted: 2, scaled: 'auto', min: 0, max: 4 }];
});

const cluster: IClusterDesk = {
	workers: () => workers,
	order: async (name, order) => void told.push([order, name]),
	queues: async () => queues,
	sessions: () => [],
	pools: async () => pools,
	scale: async (pool, size) => {
		if (!pools.some(({ name }) => name === pool)) {
			throw new CoreError('not-found', `There is no pool "${pool}".`, { hint: '`/scale` lists them.' });
		}
		told.push([pool, size]);
	},
};

function say(text: string, who: Principal = OWNER, direct = true): Promise<string> {
	const [, name = '', rest = ''] = /^\/(\w+)\s*(.*)$/s.exec(text) ?? [];
	return runClusterCommand(cluster, who, { name: name as ClusterCommandName, rest, direct });
}

describe('/workers', () => {
	it('lists the broken and the busy first, in a line each', async () => {
		expect(await say('/workers')).toBe(
			[
				'3 workers, 2 steps running:',
				'',
				'- `beta` – backing off, 0.4.0. No memory.',
				'- `alpha-2` – busy, 2 running, 1 session, 0.4.0',
				'- `alpha-1` – free, 0.4.0',
			].join('\n'),
		);
	});

	it('stays short however many there are', async () => {
		workers = Array.from({ length: 300 }, (_, n) => worker(`w-${n}`));
		const reply = await say('/workers');
		expect(reply).toContain('300 workers, 0 steps running');
		expect(reply).toContain('… and 285 more');
		expect(reply.length).toBeLessThan(600);
	});

	it('says so when nobody does the work', async () => {
		workers = [];
		expect(await say('/workers')).toContain('No worker is running');
	});

	it('drains, pauses and resumes one by its name, or by a part that fits no other', async () => {
		expect(await say('/workers drain alpha-2')).toBe('`alpha-2` takes nothing new, ends 2 steps and exits.');
		expect(await say('/workers PAUSE Bet')).toContain('`/workers resume beta`');
		expect(await say('/workers resume `beta`')).toBe('`beta` takes steps again.');
		expect(told).toEqual([
			['drain', 'alpha-2'],
			['pause', 'beta'],
			['resume', 'beta'],
		]);
	});

	it('tells nobody anything when it is not sure who is meant', async () => {
		expect(await say('/workers drain alpha')).toContain('fits 2 workers: `alpha-1`, `alpha-2`');
		expect(await say('/workers drain')).toContain('Which one?');
		expect(await say('/workers drain gamma')).toContain('no worker "gamma"');
		expect(await say('/workers dance beta')).toContain('/workers drain NAME');
		expect(told).toEqual([]);
	});
});

describe('/queues', () => {
	it('says what waits, how long, and what runs', async () => {
		expect(await say('/queues')).toBe(
			'- `web.read` – 12 waiting (longest 4 s), 3 running\n- `text.count` – 0 waiting, 1 running',
		);
		queues = [];
		expect(await say('/queues')).toBe('Nothing waits and nothing runs.');
	});
});

describe('/scale', () => {
	it('shows the pools', async () => {
		expect(await say('/scale')).toBe('- `local` – 1 of 2 workers, by load, 0 to 4; processes here');
		pools = [];
		expect(await say('/scale')).toBe('Nothing here starts and stops workers.');
	});

	it('sets a size, or leaves it to the load; the only pool needs no name', async () => {
		expect(await say('/scale local 3')).toBe('`local` gets 3 workers, until `/scale local auto`.');
		expect(await say('/scale 1')).toContain('1 worker,');
		expect(await say('/scale local AUTO')).toContain('as the load says');
		expect(told).toEqual([
			['local', 3],
			['local', 1],
			['local', 'auto'],
		]);
	});

	it('says what is missing or wrong', async () => {
		expect(await say('/scale none 3')).toBe('There is no pool "none". `/scale` lists them.');
		expect(await say('/scale local')).toContain('/scale POOL 3');
		expect(await say('/scale local -1')).toContain('/scale POOL 3');
		pools = [...pools, { name: 'far', runs: 'x', current: 0, wanted: 0, scaled: 'auto', min: 0, max: 1 }];
		expect(await say('/scale 3')).toContain('Which pool?');
		expect(told).toEqual([]);
	});
});

describe('these commands', () => {
	it('are the owner’s, privately, and nobody else is told of them', async () => {
		for (const name of CLUSTER_COMMANDS) {
			expect(await say(`/${name} drain beta`, MEMBER)).toBe(`Only the owner may use \`/${name}\`.`);
			expect(await say(`/${name} drain beta`, OWNER, false)).toContain('privately');
			expect(commandHelp({ owner: true })).toContain(`/${name}`);
			expect(commandHelp({ owner: false })).not.toContain(`/${name}`);
			expect(CHAT_COMMANDS[name].does).toContain('(owner)');
		}
		expect(commandHelp({ owner: false })).not.toContain('owner');
		expect(told).toEqual([]);
	});

	it('are told from the others', () => {
		expect(CLUSTER_COMMANDS.every(isClusterCommand)).toBe(true);
		expect(['people', 'constructor', ''].some(isClusterCommand)).toBe(false);
	});
});
