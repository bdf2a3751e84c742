import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts';
import { redisProgram } from './servers-missing.ts';

/** RedisNodes is a Redis Cluster on loopback: three nodes that share the slots, and a replica. */
export interface RedisNodes {
	/** The addresses of the three and the replica's. */
	readonly urls: readonly string[];
	/** Which of them has the slot of a key. */
	ownerOf(key: string): Promise<number>;
	/** Has the replica follow the node that has the slot of a key; resolves once it has all of it. */
	replicate(key: string): Promise<void>;
	/** Takes a slot and all that stands in it to another node, while it is used. */
	move(key: string, to: number): Promise<void>;
	/** SIGKILL. */
	kill(node: number): Promise<void>;
	/** Gives every node a user, or takes the rules of one anew. */
	setUser(name: string, password: string, rules: readonly string[]): Promise<void>;
	/** What each node believes of all, for whoever reads why a test failed. */
	beliefs(): Promise<string>;
	stop(): Promise<void>;
}

/** startRedisNodes resolves once every node knows who has what. A node that is dead is replaced after about two seconds. */
export async function startRedisNodes(): Promise<RedisNodes> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-test-nodes-'));
	const ports = await Promise.all(Array.from({ length: MASTERS + 1 }, freePort));
	const buses = await Promise.all(ports.map(freePort));
	const servers = await Promise.all(ports.map((port, node) => startNode(folder, port, buses[node] ?? 0)));
	const nodes = ports.map((port) => new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 100 }));
	for (const node of nodes) node.on('error', () => {});
	const at = (node: number): Redis => {
		const redis = nodes[node];
		if (redis === undefined) throw new Error(`There is no node ${node}.`);
		return redis;
	};
	const idOf = async (node: number) => String(await at(node).call('CLUSTER', 'MYID'));
	const slotOf = async (key: string) => Number(await at(1).call('CLUSTER', 'KEYSLOT', key));
	const ownerOf = async (key: string) => {
		const slot = await slotOf(key);
		for (const [index, node] of nodes.slice(0, MASTERS).entries()) {
			if (await node.call('CLUSTER', 'COUNTKEYSINSLOT', slot).catch(() => undefined)) return index;
		}
		return Math.min(MASTERS - 1, Math.floor((slot * MASTERS) / SLOTS));
	};

	for (const [index, node] of nodes.slice(0, MASTERS).entries()) {
		await node.call('CLUSTER', 'ADDSLOTSRANGE', first(index), first(index + 1) - 1);
	}
	for (const [node, port] of ports.entries()) {
		if (node > 0) await at(0).call('CLUSTER', 'MEET', '127.0.0.1', port, buses[node] ?? 0);
	}
	for (const node of nodes) {
		await until(async () => {
			const info = String(await node.call('CLUSTER', 'INFO'));
			return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`);
		});
	}
	return {
		urls: ports.map((port) => `redis://127.0.0.1:${port}`),
		ownerOf,
		replicate: async (key) => {
			const master = await idOf(await ownerOf(key));
			await until(() =>
				at(MASTERS)
					.call('CLUSTER', 'REPLICATE', master)
					.then(() => true),
			);
			await until(async () => (await at(MASTERS).info('replication')).includes('master_link_status:up'));
		},
		move: async (key, to) => {
			const [slot, from] = [await slotOf(key), await ownerOf(key)];
			const [fromId, toId] = [await idOf(from), await idOf(to)];
			await at(to).call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
			await at(from).call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
			for (;;) {
				const keys = (await at(from).call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
				if (keys.length === 0) break;
				await at(from).call('MIGRATE', '127.0.0.1', ports[to] ?? 0, '', 0, 5_000, 'REPLACE', 'KEYS', ...keys);
			}
			for (const node of [to, from]) await at(node).call('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
		},
		kill: async (node) => {
			await servers[node]?.end('SIGKILL');
		},
		setUser: async (name, password, rules) => {
			for (const node of nodes) await node.call('ACL', 'SETUSER', name, 'reset', 'on', `>${password}`, ...rules);
		},
		beliefs: async () => {
			const answers = nodes.map((node) => Promise.race([node.call('CLUSTER', 'NODES'), wait(1_000, 'no answer')]));
			return (await Promise.allSettled(answers)).map((one) => JSON.stringify(one, undefined, 1)).join('\n');
		},
		stop: async () => {
			for (const node of nodes) node.disconnect();
			await Promise.all(servers.map((server) => server.end('SIGKILL')));
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function startNode(folder: string, port: number, bus: number): Promise<ServerProcess> {
	const settings = {
		...{ port: String(port), bind: '127.0.0.1', dir: folder, save: '' },
		...{ 'cluster-enabled': 'yes', 'cluster-config-file': `${port}.conf`, 'cluster-node-timeout': '1500' },
		...{ 'cluster-port': String(bus), 'repl-diskless-sync-delay': '0' },
	};
	return await startServerProcess({
		command: redisProgram() ?? 'redis-server',
		args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
		...{ cwd: folder, readyLine: 'Ready to accept connections', orphanSignal: 'KILL' },
	});
}

async function until(check: () => Promise<boolean>): Promise<void> {
	for (const end = Date.now() + 30_000; !(await check().catch(() => false)); await wait(50)) {
		if (Date.now() > end) throw new Error('The nodes of the Redis Cluster did not come to know each other in 30 s.');
	}
}

function first(node: number): number {
	return Math.ceil((node * SLOTS) / MASTERS);
}

const MASTERS = 3;
const SLOTS = 16_384;
