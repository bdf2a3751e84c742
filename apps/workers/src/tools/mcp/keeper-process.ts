import { fileURLToPath } from 'node:url';
import { type ForkedListener, ForkedProcess } from '../../children/forked-process.ts';
import type { Launcher } from '../../children/parent-death.ts';
import type { FromKeeper, ToKeeper } from './protocol.ts';

/** KeeperProcess is the process that holds the connections to one MCP server, as the worker host sees it. */
export type KeeperProcess = ForkedProcess<ToKeeper, FromKeeper>;

/** startKeeper starts one. */
export function startKeeper(
	launcher: Launcher,
	compileCacheDir: string,
	listener: ForkedListener<FromKeeper>,
): KeeperProcess {
	return new ForkedProcess({ main: KEEPER_MAIN, launcher, memoryMb: MEMORY_MB, compileCacheDir, endWords }, listener);
}

function endWords(how: string, lastWords: string): string {
	if (lastWords.includes('JavaScript heap out of memory')) return 'what it sent took too much memory to read';
	return `the process that speaks with it ended with ${how}`;
}

const KEEPER_MAIN = fileURLToPath(new URL('./keeper/main.ts', import.meta.url));
const MEMORY_MB = 384;
