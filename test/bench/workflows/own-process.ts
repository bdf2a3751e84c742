import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** inOwnProcess runs a program of this folder and reads the figures that it writes: what it measures is neither warm from others nor in their memory. */
export async function inOwnProcess<Figures>(program: string, ...given: readonly (string | number)[]): Promise<Figures> {
	const path = join(import.meta.dirname, program);
	const args = ['--expose-gc', '--no-warnings', path, ...given.map(String)];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	return JSON.parse(stdout) as Figures;
}
