import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGuardProxy } from '@errand/core/adapters/network/guard-proxy.ts';
import { JAIL_ENTRY, JAIL_PROXY } from './jail.ts';

/** JailProxy is the way out of a jail that has no network of its own. */
export interface JailProxy {
	readonly socket: string;
	/** Tell programs of it; most that speak HTTP look there. */
	readonly env: Readonly<Record<string, string>>;
	/** Goes before a program and its arguments. */
	readonly before: readonly string[];
}

/** openJailProxy starts a proxy for one server, which lets through what Errand itself would fetch for strangers; it ends with this process. */
export async function openJailProxy(allowPrivateHosts: readonly string[]): Promise<JailProxy> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-way-'));
	const socketPath = join(folder, 'proxy');
	// Nothing is waited for at the end of a process.
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const { server: socket, password } = await openGuardProxy({ allowPrivateHosts, socketPath });
	const address = `http://tool:${password}@127.0.0.1:${PORT}`;
	const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
	return {
		socket,
		env: { ...Object.fromEntries(names.map((name) => [name, address])), NODE_USE_ENV_PROXY: '1' },
		before: [process.execPath, JAIL_ENTRY, `${PORT}`, JAIL_PROXY],
	};
}

/** Of the jail's own loopback, on which there is nothing else. */
const PORT = 3_128;
