import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserLauncher, chooseLauncher } from './host/browser-launcher.ts';

/** probeLauncher tells how browsers will be started on this machine, without starting one. */
export async function probeLauncher(browserPath: string): Promise<BrowserLauncher['name']> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-launcher-'));
	try {
		return (await chooseLauncher(browserPath, folder)).name;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
