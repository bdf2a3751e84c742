import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 200;
const LIMIT_MS = 30_000;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;
const QUIET_SHARE = 0.15;

/** untilQuiet resolves once a process has all but nothing to do, or after half a minute (Linux only). */
export async function untilQuiet(pid: number): Promise<void> {
	for (const until = performance.now() + LIMIT_MS; performance.now() < until; ) {
		const before = { at: performance.now(), used: processorMs(pid) };
		await wait(LOOK_MS);
		if (processorMs(pid) - before.used < (performance.now() - before.at) * QUIET_SHARE) return;
	}
}

/** processorMs is the processor time that a process has taken so far, with all its threads. */
export function processorMs(pid: number): number {
	// The command in brackets may hold anything; user and system time are the twelfth and thirteenth field behind it.
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
	return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
