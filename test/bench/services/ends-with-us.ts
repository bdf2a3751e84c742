import type { ChildProcess } from 'node:child_process';

/** endsWithUs makes sure that a process does not outlive the bench, whichever way that ends. With `group`, all of its process group. */
export function endsWithUs(child: ChildProcess, { group = false } = {}): void {
	const end = () => {
		if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
		process.kill(group ? -child.pid : child.pid, 'SIGKILL');
	};
	process.once('exit', end);
	child.once('exit', () => process.off('exit', end));
}
