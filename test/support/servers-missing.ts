import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** redisProgram finds the Redis server of this machine. */
export function redisProgram(): string | undefined {
	return onPath('redis-server');
}

/** postgresPrograms finds the folder with PostgreSQL's own programs, the newest where there are several. */
export function postgresPrograms(): string | undefined {
	const debian = globSync('/usr/lib/postgresql/*/bin').filter((folder) => existsSync(join(folder, 'initdb')));
	const newest = debian.toSorted((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4])).at(-1);
	return newest ?? onPath('initdb')?.replace(/\/initdb$/, '');
}

/** serversMissing says what keeps tests of a cluster from running here and what to do; undefined where nothing does. */
export function serversMissing(): string | undefined {
	const missing = [
		...(redisProgram() === undefined ? ['redis-server'] : []),
		...(postgresPrograms() === undefined ? ['postgresql'] : []),
	];
	if (missing.length === 0) return undefined;
	return `There is no ${missing.join(' and no ')} on this machine. Install the Debian ${missing.length > 1 ? 'packages' : 'package'} of that name (apt-get install ${missing.join(' ')}) and run the tests again.`;
}

function onPath(program: string): string | undefined {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
	return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
