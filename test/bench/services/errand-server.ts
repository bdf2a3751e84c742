import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ErrandOptions, type ErrandProcess, startErrand } from '../../harness/errand-process.ts';

/** The server as it ships with the tests' capabilities besides its own. */
export const TEST_GATEWAY = join(import.meta.dirname, '../../harness/test-gateway.ts');

/** StartedErrand is a server with the time (ms) that it took from the start of its process until it was ready. */
export interface StartedErrand {
	readonly errand: ErrandProcess;
	readonly readyMs: number;
	/** When its process was started, as `performance.now()`. */
	readonly startedAt: number;
}

const running = new Set<number>();
// Servers stand in process groups of their own: what is left of them when the bench ends is ended here.
process.once('exit', () => {
	for (const pid of running) process.kill(-pid, 'SIGKILL');
});

/** startTimed starts a server; ready means that its address is published and that it says so itself. */
export async function startTimed(options: ErrandOptions): Promise<StartedErrand> {
	const startedAt = performance.now();
	const started = await startErrand(options);
	const readiness = await fetch(`${started.url}/readyz`);
	if (!readiness.ok) throw new Error(`The server says it is not ready: ${await readiness.text()}`);
	const readyMs = performance.now() - startedAt;
	running.add(started.pid);
	const over = () => running.delete(started.pid);
	const errand = {
		...started,
		kill: () => started.kill().finally(over),
		stop: () => started.stop().finally(over),
		dispose: () => started.dispose().finally(over),
	};
	return { errand, readyMs, startedAt };
}

/** saidBy resolves with a line of a server's log once it is there. */
export async function saidBy(errand: ErrandProcess, words: string): Promise<string> {
	for (let tries = 0; tries < 6_000; tries++) {
		const line = errand
			.output()
			.split('\n')
			.find((one) => one.includes(words));
		if (line !== undefined) return line;
		await wait(5);
	}
	throw new Error(`The server never said "${words}": ${errand.output()}`);
}
