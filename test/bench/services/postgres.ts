import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Service, startService } from './service.ts';

/** startPostgres starts a PostgreSQL as it comes (fsync and synchronous commit on) for an unprivileged user; undefined where there is none. */
export async function startPostgres(): Promise<Service | undefined> {
	const bin = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1) ?? '/usr/local/bin';
	if (!existsSync(join(bin, 'initdb'))) return undefined;
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-postgres-'));
	const user = process.getuid?.() === 0 ? unprivileged() : undefined;
	if (user !== undefined) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const made = spawnSync(
		join(bin, 'initdb'),
		['--pgdata', data, '--username', 'bench', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'],
		{ cwd: folder, encoding: 'utf8', ...user },
	);
	if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
	const port = await freePort();
	const stop = await startService({
		command: join(bin, 'postgres'),
		args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder],
		cwd: folder,
		user,
		readyLine: 'database system is ready to accept connections',
		stopSignal: 'SIGINT',
	});
	return {
		url: `postgresql://bench@127.0.0.1:${port}/bench`,
		stop: async () => {
			await stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } {
	const accounts = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'));
	const account = ['postgres', 'nobody'].map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean);
	if (account === undefined) throw new Error('There is no account "postgres" or "nobody" to run PostgreSQL as.');
	return { uid: Number(account[2]), gid: Number(account[3]) };
}
