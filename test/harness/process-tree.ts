import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** ProcessEntry is one process as Linux tells of it; (pid, startedAt) names it for ever. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parent: number;
	readonly startedAt: number;
	/** Its end has not been noticed by its parent. */
	readonly isZombie: boolean;
	readonly command: string;
}

/** processesUnder lists everything that a process has started, and what that has started. */
export async function processesUnder(pid: number): Promise<ProcessEntry[]> {
	const all = await allProcesses();
	const found: ProcessEntry[] = [];
	let parents = new Set([pid]);
	while (parents.size > 0) {
		const children = all.filter(({ parent }) => parents.has(parent));
		found.push(...children);
		parents = new Set(children.map((child) => child.pid));
	}
	return found;
}

/** browsersAmong picks the main process of each browser, by the folder it was given (`browser-1`). */
export async function browsersAmong(processes: readonly ProcessEntry[]): Promise<Map<string, ProcessEntry>> {
	const browsers = new Map<string, ProcessEntry>();
	for (const entry of processes) {
		if (!/remote-debugging-pipe/.test(entry.command) || /--type=|bwrap|setpriv/.test(entry.command)) continue;
		const environment = await readFile(`/proc/${entry.pid}/environ`, 'utf8').catch(() => '');
		const folder = /\bHOME=[^\0]*\/(browser-\d+)/.exec(environment)?.[1];
		if (folder !== undefined) browsers.set(folder, entry);
	}
	return browsers;
}

/** stillThere lists those that have not gone yet. A zombie whose parent is gone, too, is the system's to clear away. */
export async function stillThere(processes: readonly ProcessEntry[]): Promise<ProcessEntry[]> {
	const now = new Map((await allProcesses()).map((entry) => [entry.pid, entry]));
	return processes.flatMap(({ pid, startedAt }) => {
		const entry = now.get(pid);
		if (entry === undefined || entry.startedAt !== startedAt) return [];
		return entry.isZombie && entry.parent === 1 ? [] : [entry];
	});
}

/** eventually asks until the answer is yes; it throws with what `describe` says if it never is. */
export async function eventually(
	ask: () => Promise<boolean>,
	{ limitMs = 30_000, describe = async () => '' }: { limitMs?: number; describe?: () => Promise<unknown> } = {},
): Promise<void> {
	const until = Date.now() + limitMs;
	while (!(await ask())) {
		if (Date.now() > until) throw new Error(`Not so within ${limitMs} ms: ${JSON.stringify(await describe())}`);
		await wait(20);
	}
}

async function allProcesses(): Promise<ProcessEntry[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const entries = await Promise.all(pids.map(readProcess));
	return entries.filter((entry) => entry !== undefined);
}

async function readProcess(pid: string): Promise<ProcessEntry | undefined> {
	try {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
		const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
		// The name may hold anything, brackets included; what follows the last one is plain.
		const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return {
			pid: Number(pid),
			parent: Number(parent),
			startedAt: Number(rest[17]),
			isZombie: state === 'Z',
			command,
		};
	} catch {
		return undefined;
	}
}
