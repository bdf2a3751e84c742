import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Processes are slow to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let dataDir: string;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-parent-'));
});
afterAll(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

const isPossible = process.platform === 'linux' && existsSync('/usr/bin/setpriv');

test.skipIf(!isPossible)('a killed host leaves no child behind, not even one in an endless loop', async () => {
	const hostMain = fileURLToPath(new URL('./fixture/abandoned-host.ts', import.meta.url));
	const host = spawn(process.execPath, [hostMain, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = await once(host.stdout, 'data');
	const child = Number(String(line).trim());
	expect(isAlive(child)).toBe(true);
	host.kill('SIGKILL');
	await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 10_000 });
});

/** A process that is dead but not yet collected by its new parent counts as gone. */
function isAlive(pid: number): boolean {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
	} catch {
		return false;
	}
}
