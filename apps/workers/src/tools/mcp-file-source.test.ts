import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { McpFileSource } from './mcp-file-source.ts';

let folder: string;
let path: string;
let source: McpFileSource;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-mcp-file-'));
	path = join(folder, 'mcp.json');
	const log = { debug() {}, info() {}, warn() {}, error() {} };
	const parts = { dataDir: folder, allowPrivateHosts: [], clock: new FakeClock(), log, lookEveryMs: 10 };
	source = new McpFileSource({ ...parts, path });
});
afterEach(async () => {
	await source.stop();
	await rm(folder, { recursive: true, force: true });
});

/** Whole at once, as careful programs write. */
async function write(text: string): Promise<void> {
	await writeFile(`${path}.new`, text);
	await rename(`${path}.new`, path);
}

const file = (...names: string[]) =>
	JSON.stringify({ mcpServers: Object.fromEntries(names.map((name) => [name, { url: 'http://127.0.0.1:9/' }])) });

it('notices a file that comes later, and keeps what was where it becomes one that cannot be used', async () => {
	await source.start();
	let changes = 0;
	source.onChange(() => changes++);
	expect([...source.missing()]).toEqual([]);
	await write(file('box'));
	await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
	expect([...source.missing()]).toEqual([]);
	await write('{ "mcpServers": ');
	await vi.waitFor(() => expect(source.missing().get('mcp')).toContain('stays in use'));
	expect(source.missing().get('mcp')).toContain('it is not JSON');
	await write(file('box', 'hub'));
	await vi.waitFor(() => expect([...source.missing()]).toEqual([]));
});

it('does not start with a file that cannot be used', async () => {
	await write('[]');
	await expect(source.start()).rejects.toMatchObject({ code: 'invalid-config' });
});
