import { execFile } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { StdioReach } from '../server-config.ts';

/** JailPlan is what a jailed program may see of this machine. */
export interface JailPlan {
	readonly reach: Pick<StdioReach, 'network' | 'folders' | 'cwd' | 'keepHome'>;
	/** The folder that becomes its home, where it keeps one. */
	readonly homeDir: string;
	/** What it is made of, outside the system's own folders: seen, not written. */
	readonly parts: readonly string[];
	/** The socket of the proxy that is its only way out, where there is one. */
	readonly proxySocket?: string | undefined;
}

/**
 * jailArguments are bwrap's: nothing of this machine is seen but the system's programs and libraries, what the operator named,
 * and what the program is made of. It has processes, /tmp and a home of its own, no network but what was allowed, no privileges, and dies
 * with whoever started it.
 */
export function jailArguments({ reach, homeDir, parts, proxySocket }: JailPlan): string[] {
	const isHosts = reach.network === 'host';
	const shared = reach.folders.flatMap(({ path, write }) => [write ? '--bind' : '--ro-bind', path, path]);
	return [
		...['--die-with-parent', '--new-session', '--unshare-all', ...(isHosts ? ['--share-net'] : [])],
		...['--cap-drop', 'ALL', '--hostname', 'errand-tool'],
		...['--ro-bind', '/usr', '/usr'],
		...['bin', 'sbin', 'lib', 'lib32', 'lib64'].flatMap((name) => ['--ro-bind-try', `/${name}`, `/${name}`]),
		...['--ro-bind-try', '/opt', '/opt'],
		...ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
		...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run'],
		...(isHosts ? ['--ro-bind-try', '/run/systemd/resolve', '/run/systemd/resolve'] : []),
		...(proxySocket === undefined ? [] : ['--bind', proxySocket, JAIL_PROXY, '--ro-bind', JAIL_NETWORK, JAIL_ENTRY]),
		...(reach.keepHome ? ['--bind', homeDir, JAIL_HOME] : ['--tmpfs', JAIL_HOME]),
		...parts.flatMap((path) => ['--ro-bind', path, path]),
		...shared,
		...['--chdir', reach.cwd ?? JAIL_HOME, '--'],
	];
}

/** JAIL_HOME is where a jailed server has its home. */
export const JAIL_HOME = '/home/tool';

/** JAIL_PROXY and JAIL_ENTRY are where a server that has a guarded network finds the proxy's socket, and what it is started by. */
export const JAIL_PROXY = '/run/errand/proxy';
export const JAIL_ENTRY = '/run/errand/network.mts';
const JAIL_NETWORK = join(import.meta.dirname, 'jail-network.ts');

/** What programs need to find names, certificates, time zones and libraries; no keys, no passwords. */
const ETC = [
	...['alternatives', 'ca-certificates', 'ssl', 'pki', 'crypto-policies', 'localtime', 'timezone', 'mime.types'],
	...['hosts', 'resolv.conf', 'nsswitch.conf', 'host.conf', 'gai.conf', 'services', 'protocols'],
	...['passwd', 'group', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'fonts', 'magic'],
];

/** foundProgram is where a command stands, Errand's own Node for `node`; undefined where it is nowhere. */
export function foundProgram(command: string): string | undefined {
	if (command.includes('/')) return existsSync(command) ? command : undefined;
	if (command === 'node') return process.execPath;
	return PLACES.map((place) => join(place, command)).find((path) => existsSync(path));
}

const PLACES = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * partsOf are the files outside the system's folders without which a command cannot start: its program, and the files its
 * arguments name, each with the node_modules it stands in.
 */
export function partsOf(program: string, args: readonly string[]): string[] {
	const files = [program, ...args.filter((arg) => arg.startsWith('/') && isFile(arg))];
	const parts = files.flatMap((file) => [file, realpathSync(file)]).map(packagesOf);
	return [...new Set(parts)].filter((path) => !/^\/(?:usr|bin|sbin|lib|lib32|lib64|opt)\//.test(path));
}

function packagesOf(file: string): string {
	let found = file;
	for (let path = file; path !== '/'; path = dirname(path)) if (basename(path) === 'node_modules') found = path;
	return found;
}

function isFile(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** findBwrap tries whether programs can be jailed here; undefined where there is no bubblewrap, or it may not work. */
export async function findBwrap(): Promise<string | undefined> {
	const path = PLACES.map((place) => join(place, 'bwrap')).find((place) => existsSync(place));
	if (path === undefined) return undefined;
	const probe: JailPlan = { reach: { network: 'none', folders: [], keepHome: false }, homeDir: '/', parts: [] };
	try {
		await promisify(execFile)(path, [...jailArguments(probe), '/bin/sh', '-c', ':'], { timeout: 5_000 });
		return path;
	} catch {
		return undefined;
	}
}
