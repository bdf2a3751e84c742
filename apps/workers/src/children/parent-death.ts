import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Launcher is how a program is started: the file to execute and what goes before the program and its arguments. */
export interface Launcher {
	readonly file: string;
	readonly before: readonly string[];
}

/**
 * parentDeathLauncher starts programs so that Linux kills them the moment their parent dies, even while they are blocked:
 * through `setpriv --pdeathsig` of util-linux. Without it (macOS, BusyBox) a child notices its parent's end only when its
 * event loop turns, so one caught in an endless loop would outlive a parent that was killed.
 */
export async function parentDeathLauncher(program: string): Promise<Launcher> {
	const setpriv = PLACES.find((path) => existsSync(path));
	const plain = { file: program, before: [] };
	if (setpriv === undefined) return plain;
	try {
		// BusyBox has a setpriv that does not know the option.
		await promisify(execFile)(setpriv, [...OPTIONS, setpriv, '--version']);
		return { file: setpriv, before: [...OPTIONS, program] };
	} catch {
		return plain;
	}
}

const PLACES = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/sbin/setpriv'];
const OPTIONS = ['--pdeathsig', 'KILL'];
