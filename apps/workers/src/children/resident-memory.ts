import { readFileSync } from 'node:fs';

/** residentMb is the memory a process holds, in MB, on Linux; `undefined` when it is gone or the system does not tell. */
export function residentMb(pid: number): number | undefined {
	try {
		// `status` rather than `statm`: it counts in kB, whatever the size of a page.
		const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
	} catch {
		return undefined;
	}
}
