import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findDataDirOwner } from '@errand/core/adapters/files/data-dir-claim.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { cleanText } from './clean-text.ts';
import type { ServerPlace } from './server-place.ts';

/** RunningServer is the server to talk to. `stop` ends it if it was started here, and else leaves it alone. */
export interface RunningServer {
	readonly url: string;
	readonly token: string;
	readonly started: boolean;
	stop(): Promise<void>;
}

const READY_MS = 30_000;
const STOP_MS = 10_000;

/** runningServer finds the server that was named or that owns the data directory; undefined where there is none. */
export async function runningServer(
	config: ServerPlace,
): Promise<{ readonly url: string; readonly token: string } | undefined> {
	if (config.url !== undefined) {
		if (await isReady(config.url)) return { url: config.url, token: readToken(config) };
		throw new CoreError('not-possible', `The server at ${config.url} does not answer that it is ready.`, {
			hint: 'Check ERRAND_URL, and whether the server runs: its /readyz says what is missing.',
		});
	}
	if (findDataDirOwner(config.dataDir) === undefined) return undefined;
	return { url: await readyUrl(config, () => undefined), token: readToken(config) };
}

/**
 * findServer finds the server that was named or that owns the data directory, or starts one and waits until it is ready. One
 * that `stays` goes on when this process ends; what it says is in the file `log` of the data directory.
 */
export async function findServer(
	config: ServerPlace,
	onStart: () => void,
	{ stays = false, log: logName = 'terminal-server.log' }: { readonly stays?: boolean; readonly log?: string } = {},
): Promise<RunningServer> {
	const running = await runningServer(config);
	if (running !== undefined) return { ...running, started: false, stop: async () => {} };
	onStart();
	const log = join(config.dataDir, logName);
	const child = start(config, log);
	if (stays) child.unref();
	let exited = false;
	const exit = new Promise<void>((resolve) => {
		const done = () => {
			exited = true;
			resolve();
		};
		child.once('exit', done);
		child.once('error', done);
	});
	const stop = async () => {
		if (exited) return;
		child.kill('SIGTERM');
		const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
		await exit;
		clearTimeout(killer);
	};
	try {
		const url = await readyUrl(config, () => (exited ? lastWords(log) : undefined));
		return { url, token: readToken(config), started: true, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Its own process group: Ctrl-C in this terminal is for the task, not for the server. */
function start({ gateway, dataDir }: ServerPlace, log: string): ChildProcess {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const output = openSync(log, 'w', 0o600);
	try {
		return spawn(process.execPath, [gateway.main], {
			env: gateway.env,
			detached: true,
			stdio: ['ignore', output, output],
		});
	} finally {
		closeSync(output);
	}
}

/** `failed` gives the server's last words once it is gone. */
async function readyUrl({ dataDir }: ServerPlace, failed: () => string | undefined): Promise<string> {
	const deadline = Date.now() + READY_MS;
	while (Date.now() < deadline) {
		const words = failed();
		// Where two start one at once, one of them is there already.
		if (words !== undefined && findDataDirOwner(dataDir) === undefined) {
			throw new CoreError('not-possible', `The server did not start.\n${words}`, {
				hint: 'Run npm start to see all it says.',
			});
		}
		const url = findDataDirOwner(dataDir)?.url;
		if (url !== undefined && (await isReady(url))) return url;
		await pause(50);
	}
	throw new CoreError('timed-out', `The server of ${dataDir} was not ready within ${READY_MS / 1_000} seconds.`, {
		hint: 'Look at what it says where it was started, or stop it and try again.',
	});
}

async function isReady(url: string): Promise<boolean> {
	try {
		return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
	} catch {
		return false;
	}
}

function readToken({ token, dataDir }: ServerPlace): string {
	if (token !== undefined) return token;
	const path = join(dataDir, 'token');
	try {
		return readFileSync(path, 'utf8').trim();
	} catch (error) {
		throw new CoreError('unauthorized', `The token cannot be read from ${path}.`, {
			hint: 'Set ERRAND_TOKEN to the token of the server, or run as the user that runs it.',
			cause: error,
		});
	}
}

function lastWords(log: string): string {
	return cleanText(readFileSync(log, 'utf8')).trim().split('\n').slice(-8).join('\n');
}
