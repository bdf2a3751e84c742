import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** BrowserLauncher is how browsers are started: the file to execute, and what that does for us. */
export interface BrowserLauncher {
	/** `bwrap`: dies with the host, all its processes with it. `setpriv`: its first process dies with the host. `plain`: ends when its pipe does. */
	readonly name: 'bwrap' | 'setpriv' | 'plain';
	readonly path: string;
	/** It has shared memory of its own, which needs no files. */
	readonly ownSharedMemory: boolean;
}

/**
 * chooseLauncher finds the strictest way to start the browser that works here, and writes it down as a script, because
 * Playwright takes one file and gives its own arguments and the open pipe to it. Each is tried, not just looked for.
 */
export async function chooseLauncher(browserPath: string, folder: string): Promise<BrowserLauncher> {
	for (const { name, program, before } of WAYS) {
		const places = PLACES.map((place) => join(place, program));
		const file = places.find((path) => existsSync(path));
		if (file === undefined) continue;
		const path = join(folder, `browser-by-${name}.sh`);
		await writeFile(path, scriptOf([file, ...before], browserPath), { mode: 0o700 });
		try {
			await promisify(execFile)(path, [PROBE], { timeout: 5_000 });
			return { name, path, ownSharedMemory: name === 'bwrap' };
		} catch {
			// Not allowed here (a container without user name spaces), another program of that name, or no scripts in this folder.
		}
	}
	return { name: 'plain', path: browserPath, ownSharedMemory: false };
}

/** PID_FILE is where a started browser leaves its process id, in its `TMPDIR`. */
export const PID_FILE = 'browser.pid';

const PROBE = '--errand-probe';
const PLACES = ['/usr/bin', '/bin', '/usr/local/bin'];
const WAYS = [
	{
		name: 'bwrap',
		program: 'bwrap',
		before: [
			...['--die-with-parent', '--unshare-pid', '--as-pid-1', '--dev-bind', '/', '/', '--proc', '/proc'],
			...['--tmpfs', '/dev/shm', '--'],
		],
	},
	{ name: 'setpriv', program: 'setpriv', before: ['--pdeathsig', 'KILL', '--'] },
] as const;

function scriptOf(before: readonly string[], browserPath: string): string {
	const start = ['exec', ...before]
		.map(quoted)
		.join(' ')
		.replace(/^'exec'/, 'exec');
	return [
		'#!/bin/sh',
		`[ "$1" = ${PROBE} ] && ${start} /bin/sh -c :`,
		`echo $$ > "$TMPDIR/${PID_FILE}"`,
		`${start} ${quoted(browserPath)} "$@"`,
		'',
	].join('\n');
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
