import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Timed } from '../figures.ts';
import { endsWithUs } from '../services/ends-with-us.ts';

/** LoopRequest asks a loop's process to run one graph so many times, `width` at once. */
export interface LoopRequest {
	readonly levels: readonly number[];
	readonly count: number;
	readonly width: number;
	/** A single time is until the graph has ended, unless its first step's beginning is asked for. */
	readonly until?: 'begun';
}

/** LoopProcess is a loop in a process of its own: all engines are timed by the same code, and none sees another's garbage. */
export interface LoopProcess {
	measure(request: LoopRequest): Promise<Timed>;
	close(): Promise<void>;
}

/** openLoopProcess starts a loop's module (path from test/bench) and resolves once it is open. */
export async function openLoopProcess(module: string, ...given: string[]): Promise<LoopProcess> {
	const bench = join(import.meta.dirname, '..');
	const child = fork(join(import.meta.dirname, 'loop-child.ts'), [join(bench, module), ...given], {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		// What an engine's drivers warn about is no news here.
		execArgv: ['--no-deprecation'],
	});
	endsWithUs(child);
	await nextMessage(child, module);
	return {
		measure: async (request) => {
			child.send(request);
			return (await nextMessage(child, module)) as Timed;
		},
		close: async () => {
			const exited = once(child, 'exit');
			child.disconnect();
			await exited;
		},
	};
}

function nextMessage(child: ChildProcess, module: string): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const exited = (code: number | null) => reject(new Error(`The loop ${module} exited with ${code} under way.`));
		child.once('exit', exited);
		child.once('message', (message) => {
			child.off('exit', exited);
			resolve(message);
		});
	});
}
