import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { libraryFile, llamaFolder } from '@errand/core/models/llama/llama-registry.ts';

/** LLAMA_VERSION is the release of node-llama-cpp that Errand was tried with. */
export const LLAMA_VERSION = '3.22.1';

/** Its compiled part has a package of its own for each kind of machine. */
const BINARIES: Readonly<Record<string, string>> = {
	'linux-x64': '@node-llama-cpp/linux-x64',
	'linux-arm64': '@node-llama-cpp/linux-arm64',
	'linux-arm': '@node-llama-cpp/linux-armv7l',
	'linux-riscv64': '@node-llama-cpp/linux-riscv64',
	'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
	'darwin-x64': '@node-llama-cpp/mac-x64',
	'win32-x64': '@node-llama-cpp/win-x64',
	'win32-arm64': '@node-llama-cpp/win-arm64',
};

/** isInstalled tells whether what runs models is in the data directory, in the release that is wanted. */
export async function isInstalled(dataDir: string): Promise<boolean> {
	const text = await readFile(join(libraryFile(dataDir), '../../package.json'), 'utf8').catch(() => undefined);
	return text !== undefined && (JSON.parse(text) as { version?: unknown }).version === LLAMA_VERSION;
}

/**
 * installLibrary installs node-llama-cpp into the data directory with npm, where it is not part of Errand's own packages. None
 * of its scripts is run, because they download and compile; the one compiled part that this machine needs comes as a package.
 */
export async function installLibrary(dataDir: string): Promise<void> {
	const machine = `${process.platform}-${process.arch}`;
	const binary = BINARIES[machine];
	if (binary === undefined) {
		throw new CoreError('not-possible', `There is no compiled node-llama-cpp for this kind of machine (${machine}).`, {
			hint: 'Run the model with a server of its own, such as Ollama or llama.cpp, and set it up with “npm run setup-model”.',
		});
	}
	const folder = llamaFolder(dataDir);
	await mkdir(folder, { recursive: true });
	// A folder with a package.json of its own is npm's root, whatever stands above it.
	await writeFile(join(folder, 'package.json'), `${JSON.stringify({ private: true }, undefined, '\t')}\n`);
	const packages = [`node-llama-cpp@${LLAMA_VERSION}`, `${binary}@${LLAMA_VERSION}`];
	await runNpm(folder, ['install', '--omit=optional', '--ignore-scripts', '--save-exact', ...QUIET, ...packages]);
}

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

async function runNpm(folder: string, words: readonly string[]): Promise<void> {
	const child = spawn('npm', words, {
		cwd: folder,
		stdio: ['ignore', 'ignore', 'pipe'],
		shell: process.platform === 'win32',
	});
	let said = '';
	child.stderr.on('data', (lot: Buffer) => {
		said = (said + lot.toString()).slice(-1_000);
	});
	const status = await new Promise<number | null | Error>((resolve) => {
		child.on('error', resolve);
		child.on('close', resolve);
	});
	if (status === 0) return;
	const seen = status instanceof Error ? status.message : said.trim();
	throw new CoreError('fetch-failed', `node-llama-cpp could not be installed into “${folder}”: ${seen}`, {
		hint: 'Check that npm can reach its registry, and that there is room on the disk.',
	});
}
