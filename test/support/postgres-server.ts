import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processesUnder } from '../harness/process-tree.ts';
import { createDatabase } from './create-database.ts';
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts';
import { postgresPrograms, serversMissing } from './servers-missing.ts';

/** PostgresServer is a private PostgreSQL on loopback with its data in a temporary folder. */
export interface PostgresServer {
	/** Of the database `postgres`. */
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	/** Makes an empty database and answers its address. */
	createDatabase(): Promise<string>;
	/** Starts another server that follows this one, as in another place, until it is promoted. */
	startStandby(): Promise<PostgresServer>;
	/** Ends it for good and removes its data. */
	stop(): Promise<void>;
	/** SIGKILL to all of its processes; `restart` brings it back, recovering as after a crash. */
	kill(): Promise<void>;
	/** Ends it if it runs, whatever its clients do, and starts it again on the same port. */
	restart(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
type Account = { readonly uid: number; readonly gid: number } | undefined;

/** startPostgres starts one that keeps its promises about durability but takes little memory; `settings` are added to its own. */
export function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
	return startServer(settings, undefined);
}

/** With the data of the server at `from`, which it follows, or with none. */
async function startServer(
	settings: Readonly<Record<string, string>>,
	from: string | undefined,
): Promise<PostgresServer> {
	const bin = postgresPrograms();
	if (bin === undefined) throw new Error(serversMissing());
	const account = process.getuid?.() === 0 ? unprivileged() : undefined;
	const folder = mkdtempSync(join(tmpdir(), 'errand-test-postgres-'));
	const removeData = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', removeData);
	const data = join(folder, 'data');
	if (from === undefined) copyTemplate({ bin, account, folder, data });
	else {
		if (account !== undefined) chownSync(folder, account.uid, account.gid);
		const copy = ['--pgdata', data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync', '--dbname', from];
		runProgram(join(bin, 'pg_basebackup'), copy, folder, account);
	}
	const port = await freePort();
	const all = { ...SETTINGS, port: String(port), ...settings };
	const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
	const start = () =>
		startServerProcess({
			command: join(bin, 'postgres'),
			args,
			cwd: folder,
			user: account,
			readyLine: `database system is ready to accept ${from === undefined ? '' : 'read-only '}connections`,
			orphanSignal: 'QUIT',
		});
	let server: ServerProcess = await start();
	const kill = async () => {
		const backends = await processesUnder(server.pid);
		await server.end('SIGKILL');
		for (const { pid } of backends) killIfThere(pid);
	};
	const url = `postgresql://errand@127.0.0.1:${port}/postgres`;
	return {
		url,
		port,
		get pid() {
			return server.pid;
		},
		createDatabase: () => createDatabase(url),
		startStandby: () => startServer(settings, url),
		stop: async () => {
			// At once: what it holds is thrown away.
			await server.end('SIGQUIT');
			process.off('exit', removeData);
			removeData();
		},
		kill,
		restart: async () => {
			await server.end('SIGINT');
			server = await start();
		},
	};
}

/** Durable as in production; small, because a machine that tests runs several. */
const SETTINGS = {
	listen_addresses: '127.0.0.1',
	unix_socket_directories: '',
	fsync: 'on',
	shared_buffers: '16MB',
	max_wal_size: '256MB',
	max_connections: '200',
};

const TEMPLATES = resolve(import.meta.dirname, '../../node_modules/.cache/errand-postgres');

/** A new data folder takes half a second to make and a moment to copy, so one is kept. */
function copyTemplate(to: { bin: string; account: Account; folder: string; data: string }): void {
	const { bin, account, folder, data } = to;
	const own = (path: string) => {
		if (account !== undefined) chownSync(path, account.uid, account.gid);
	};
	own(folder);
	const version = runProgram(join(bin, 'postgres'), ['--version'], folder, account).replace(/[^0-9.]+/g, '_');
	const template = join(TEMPLATES, `data${version}`);
	if (!existsSync(template)) {
		const settings = ['--username', 'errand', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
		runProgram(join(bin, 'initdb'), ['--pgdata', data, '--no-sync', ...settings], folder, account);
		keepTemplate(data, template);
		return;
	}
	cpSync(template, data, { recursive: true });
	chmodSync(data, 0o700);
	if (account !== undefined) runProgram('chown', ['-R', `${account.uid}:${account.gid}`, data], folder, undefined);
}

function keepTemplate(data: string, template: string): void {
	mkdirSync(TEMPLATES, { recursive: true });
	const making = mkdtempSync(join(TEMPLATES, 'making-'));
	cpSync(data, join(making, 'data'), { recursive: true });
	try {
		renameSync(join(making, 'data'), template);
	} catch {
		// Another run was quicker.
	}
	rmSync(making, { recursive: true, force: true });
}

function runProgram(command: string, args: readonly string[], cwd: string, account: Account): string {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', ...account });
	if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
	return stdout;
}

function unprivileged(): { uid: number; gid: number } {
	const accounts = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'));
	const account = ['postgres', 'nobody'].map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean);
	if (account === undefined) throw new Error('There is no account "postgres" or "nobody" to run PostgreSQL as.');
	return { uid: Number(account[2]), gid: Number(account[3]) };
}

function killIfThere(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It noticed the death of its parent by itself.
	}
}
