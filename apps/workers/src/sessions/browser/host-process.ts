import { fileURLToPath } from 'node:url';
import { type ForkedListener, ForkedProcess } from '../../children/forked-process.ts';
import type { Launcher } from '../../children/parent-death.ts';
import type { FromHost, HostInit, ToHost } from './protocol.ts';

/** HostProcess is one browser host as the worker host sees it. */
export type HostProcess = ForkedProcess<ToHost, FromHost>;

/** startHost starts one. */
export function startHost(
	{ init, launcher, compileCacheDir }: { init: HostInit; launcher: Launcher; compileCacheDir: string },
	listener: ForkedListener<FromHost>,
): HostProcess {
	return new ForkedProcess(
		{
			...{ main: HOST_MAIN, args: [JSON.stringify(init)], launcher, memoryMb: MEMORY_MB, compileCacheDir },
			// What browsers write anywhere goes to the host's folder.
			env: { HOME: init.hostDir, TMPDIR: init.hostDir },
			endWords: (how, lastWords) => `it ended with ${how}. ${lastWords.trim()}`,
			// A browser may hold its pipe open for a moment longer.
			pipesGraceMs: 250,
		},
		listener,
	);
}

const HOST_MAIN = fileURLToPath(new URL('./host/main.ts', import.meta.url));
const MEMORY_MB = 512;
