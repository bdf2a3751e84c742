import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { readiness, soon } from '../../harness/frontend-errand.ts';
import { type AdmittedPerson, admitPeople } from '../../harness/storm/admit-people.ts';
import { freePort, startServerProcess } from '../../support/server-process.ts';
import { startTimed } from '../services/errand-server.ts';
import { INSPECTABLE } from '../services/inspector.ts';
import { temporaryFolder } from '../services/temporary-folder.ts';
import { RowCount } from './row-count.ts';

/** Receiver is a server that people's messages come to: Errand, or bots that are nothing but the platforms' libraries. */
export interface Receiver {
	readonly url: string;
	/** Undefined for bare bots. */
	readonly errand: ErrandProcess | undefined;
	/** Those on the page, in the order in which they were asked for. */
	readonly people: readonly Pick<AdmittedPerson, 'id' | 'token'>[];
	/** Resolves once so many messages are durable in all. */
	taken(count: number): Promise<void>;
	/** Resolves once so many replies were sent in all. */
	answered(count: number): Promise<void>;
	close(): Promise<void>;
}

/** ReceiverNeeds is what a server is told of the platforms, and whom it is to know. */
export interface ReceiverNeeds {
	readonly env: Readonly<Record<string, string>>;
	/** Frontends that have to be ready before it is. */
	readonly frontends: readonly string[];
	readonly identities: readonly string[];
	/** How many people are on the page. */
	readonly page: number;
}

const LIMIT_MS = 60_000;

/** openErrandReceiver starts the server as it ships; all identities are people of their own whom it knows. */
export async function openErrandReceiver({ env, frontends, identities, page }: ReceiverNeeds): Promise<Receiver> {
	const folder = temporaryFolder('frontends');
	const dataDir = folder.path;
	const onPage = Array.from({ length: page }, (_, at) => `discord:${90_000_000_000 + at}`);
	const people = await admitPeople(dataDir, [...identities, ...onPage]);
	const { errand } = await startTimed({ dataDir, env: { ...env, ...INSPECTABLE } });
	await soon(
		async () => {
			const checks = await readiness(errand);
			return frontends.every((name) => checks[name]?.status === 'ready');
		},
		`these are ready: ${frontends.join(', ')}`,
	);
	const path = join(dataDir, 'history.db');
	const taken = new RowCount(path, "appends WHERE types LIKE '%MessageReceived%' AND");
	const answered = new RowCount(path, "appends WHERE types LIKE '%ReplySent%' AND");
	return {
		url: errand.url,
		errand,
		people: people.slice(identities.length),
		taken: (count) => reached(taken, count, 'messages taken by Errand'),
		answered: (count) => reached(answered, count, 'replies of Errand'),
		close: async () => {
			taken.close();
			answered.close();
			// It may still have answers to send for which there is no time.
			await errand.kill();
			folder.remove();
		},
	};
}

/** openBareReceiver starts bots that append a row for each message, in group commits as durable as Errand's, and echo it if told to. */
export async function openBareReceiver({ env, page }: ReceiverNeeds): Promise<Receiver> {
	const folder = temporaryFolder('bare');
	const path = join(folder.path, 'bare.db');
	const port = await freePort();
	const server = await startServerProcess({
		command: process.execPath,
		args: [join(import.meta.dirname, '../peers/bare-bots.ts'), path, String(port), JSON.stringify(env)],
		cwd: import.meta.dirname,
		readyLine: 'listening',
		orphanSignal: 'KILL',
	});
	const rows = new RowCount(path, 'messages WHERE');
	return {
		url: `http://127.0.0.1:${port}`,
		errand: undefined,
		people: Array.from({ length: page }, (_, at) => ({ id: `p${at}` as AdmittedPerson['id'], token: 'none' })),
		taken: (count) => reached(rows, count, 'messages taken by bare bots'),
		answered: () => Promise.resolve(),
		close: async () => {
			rows.close();
			await server.end('SIGKILL');
			folder.remove();
		},
	};
}

async function reached(rows: RowCount, count: number, what: string): Promise<void> {
	for (const until = performance.now() + LIMIT_MS; performance.now() < until; await wait(2)) {
		if (rows.count() >= count) return;
	}
	throw new Error(`There are ${rows.count()} ${what} instead of ${count}.`);
}
