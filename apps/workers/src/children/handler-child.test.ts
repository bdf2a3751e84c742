import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ChildEnd, HandlerChild } from './handler-child.ts';
import type { FromChild } from './protocol.ts';

// Processes are slow to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const catalogueUrl = new URL('./fixture/catalogue.ts', import.meta.url).href;
const scope = { taskId: asTaskId('t'), person: asPersonId('anna'), answers: [], workspace: undefined };
let dataDir: string;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-child-'));
});
afterAll(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

/** Starts a child and has it run one handler; gives all it said, and its end once it is gone. */
async function runOnce(capability: string, file = process.execPath): Promise<{ said: FromChild[]; end: ChildEnd }> {
	const said: FromChild[] = [];
	const end = await new Promise<ChildEnd>((resolve) => {
		const child = new HandlerChild(
			{
				init: { catalogueUrl, dataDir, allowPrivateHosts: [] },
				launcher: { file, before: [] },
				memoryMb: 64,
				compileCacheDir: join(dataDir, 'compile-cache'),
			},
			{
				message: (message) => {
					said.push(message);
					if (message.kind === 'ready') child.send({ kind: 'run', capability, scope, input: 'null', services: {} });
					if (message.kind === 'ended') child.kill();
				},
				gone: resolve,
			},
		);
	});
	return { said, end };
}

test('tells a child that filled its heap from one that merely died', async () => {
	expect((await runOnce('test.heap')).end).toMatchObject({ ranOutOfHeap: true });
	const crashed = await runOnce('test.crash');
	expect(crashed.end).toMatchObject({ ranOutOfHeap: false, code: 1 });
	expect(crashed.end.lastWords).toContain('the handler crashed');
});

test('hears all that a child said before its end', async () => {
	const { said, end } = await runOnce('test.taint');
	expect(said).toEqual([
		{ kind: 'ready' },
		{ kind: 'ended', outcome: '{"kind":"completed","origins":["web:example.org"],"output":null}' },
	]);
	expect(end).toMatchObject({ signal: 'SIGKILL', startError: undefined });
});

test('refuses a handler that the catalogue does not have', async () => {
	const { said } = await runOnce('test.nobody');
	expect(said.at(-1)).toMatchObject({ kind: 'ended', outcome: expect.stringContaining('unknown-capability') });
});

test('tells when there was nothing to start', async () => {
	const { said, end } = await runOnce('test.echo', '/nowhere/program');
	expect(said).toEqual([]);
	expect(end.startError).toMatchObject({ code: 'ENOENT' });
});
