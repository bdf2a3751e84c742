import type { RegisteredWorker, WorkerOrder } from '../../ports/worker-registry.ts';
import { isRefusal } from '../commands/attempt.ts';
import type { IClusterDesk } from '../desks/cluster.ts';
import type { Principal } from '../desks/desk.ts';
import { orderReply, poolsReply, queuesReply, workerName, workersReply } from '../render/cluster.ts';

/** CLUSTER_COMMANDS are the owner's commands about what carries the work. */
export const CLUSTER_COMMANDS = ['workers', 'queues', 'scale'] as const;

export type ClusterCommandName = (typeof CLUSTER_COMMANDS)[number];

/** isClusterCommand tells them from the other commands. */
export function isClusterCommand(name: string): name is ClusterCommandName {
	return (CLUSTER_COMMANDS as readonly string[]).includes(name);
}

/** ClusterCommandCall is such a command as it was written. */
export interface ClusterCommandCall {
	readonly name: ClusterCommandName;
	/** Everything after the name. */
	readonly rest: string;
	/** False where others read along. */
	readonly direct: boolean;
}

/** runClusterCommand carries a command out and resolves with the reply (Markdown). Refusals are replies; what broke is thrown. */
export async function runClusterCommand(
	cluster: IClusterDesk | undefined,
	{ role }: Principal,
	{ name, rest, direct }: ClusterCommandCall,
): Promise<string> {
	if (role !== 'owner') return `Only the owner may use \`/${name}\`.`;
	if (!direct) return `Others can read this. Write me \`/${name}\` privately.`;
	if (cluster === undefined) return 'This server knows of no workers.';
	try {
		return await COMMANDS[name](cluster, rest.trim().replaceAll('`', ''));
	} catch (error) {
		if (!isRefusal(error)) throw error;
		return `${error.message} ${error.hint}`;
	}
}

const COMMANDS: Readonly<Record<ClusterCommandName, (cluster: IClusterDesk, words: string) => Promise<string>>> = {
	async workers(cluster, words) {
		if (words === '') return workersReply(cluster.workers());
		const [, order = '', named = ''] = /^(\S+)\s*(.*)$/s.exec(words) ?? [];
		if (!isOrder(order.toLowerCase()))
			return `Write \`/workers\`, or \`/workers drain NAME\`, \`pause\` or \`resume\`.`;
		return tell(cluster, order.toLowerCase() as WorkerOrder, named.trim());
	},
	queues: async (cluster) => queuesReply(await cluster.queues()),
	async scale(cluster, words) {
		const pools = await cluster.pools();
		if (words === '') return poolsReply(pools);
		const [, named = '', size = ''] = /^(?:(\S+)\s+)?(\d{1,5}|auto)$/i.exec(words) ?? [];
		if (size === '') return `Write \`/scale POOL 3\` or \`/scale POOL auto\`.\n\n${poolsReply(pools)}`;
		// The only pool needs no name.
		const pool = named === '' && pools.length === 1 ? pools[0]?.name : named;
		if (pool === undefined || pool === '') return `Which pool? \`/scale POOL ${size}\`.\n\n${poolsReply(pools)}`;
		const wanted = size.toLowerCase() === 'auto' ? 'auto' : Number(size);
		await cluster.scale(pool, wanted);
		return wanted === 'auto'
			? `\`${pool}\` has as many workers as the load says from now on.`
			: `\`${pool}\` gets ${wanted === 1 ? '1 worker' : `${wanted} workers`}, until \`/scale ${pool} auto\`.`;
	},
};

async function tell(cluster: IClusterDesk, order: WorkerOrder, named: string): Promise<string> {
	const workers = cluster.workers();
	if (named === '') return `Which one? \`/workers ${order} NAME\`.\n\n${workersReply(workers)}`;
	const [meant, ...others] = meantBy(workers, named);
	if (meant === undefined) return `There is no worker "${named.slice(0, 100)}". \`/workers\` lists them.`;
	if (others.length > 0) {
		const some = [meant, ...others].slice(0, 5).map(workerName).join(', ');
		return `That fits ${others.length + 1} workers: ${some}. Write more of the name.`;
	}
	await cluster.order(meant.worker, order);
	return orderReply(meant, order);
}

/** Names are long to type on a phone: a part that fits one worker only will do. */
function meantBy(workers: readonly RegisteredWorker[], named: string): readonly RegisteredWorker[] {
	const exact = workers.filter(({ worker }) => worker === named);
	return exact.length > 0 ? exact : workers.filter(({ worker }) => worker.toLowerCase().includes(named.toLowerCase()));
}

function isOrder(word: string): word is WorkerOrder {
	return word === 'drain' || word === 'pause' || word === 'resume';
}
