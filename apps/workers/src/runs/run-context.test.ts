import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HandlerContext, type StepProgress, StopSwitch } from './run-context.ts';
import { openRunResources } from './run-resources.ts';
import { abortError } from './stop-cause.ts';

let dataDir: string;
let server: Server;
let host: string;
let stop: StopSwitch;
let heard: StepProgress[];

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-context-'));
	server = createServer((request, response) => {
		if (request.url === '/quick') response.end('quick');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	stop = new StopSwitch();
	heard = [];
});
afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await rm(dataDir, { recursive: true, force: true });
});

function openContext(person = 'anna', allowPrivateHosts: string[] = [host]): HandlerContext {
	const scope = { taskId: asTaskId('t'), person: asPersonId(person), answers: [], workspace: undefined };
	const resources = openRunResources({ dataDir, allowPrivateHosts });
	return new HandlerContext(scope, { resources, services: {}, stop, onProgress: (said) => heard.push(said) });
}

test('fetches through the guard', async () => {
	expect(await (await openContext().fetch(`http://${host}/quick`)).text()).toBe('quick');
	await expect(openContext('anna', []).fetch(`http://${host}/quick`)).rejects.toMatchObject({
		code: 'address-refused',
	});
});

test('lets go of a request when the run is stopped, and when its handler says so', async () => {
	const own = new AbortController();
	const context = openContext();
	const byHandler = context.fetch(`http://${host}/never`, { signal: own.signal });
	own.abort();
	await expect(byHandler).rejects.toMatchObject({ name: 'AbortError' });
	const byHost = context.fetch(`http://${host}/never`, { signal: new AbortController().signal });
	stop.stop(abortError());
	await expect(byHost).rejects.toMatchObject({ name: 'AbortError' });
	expect(context.signal.aborted).toBe(true);
});

test('shows the signal as aborted to who looks at it late', () => {
	stop.stop(abortError());
	expect(openContext().signal.reason).toMatchObject({ name: 'AbortError' });
});

test('reads files of its person, and of nobody else', async () => {
	const saved = await openContext().saveArtifact({ name: 'a.txt', type: 'text/plain', content: Buffer.from('a') });
	expect(Buffer.from((await openContext().readArtifact(saved.id)).content).toString()).toBe('a');
	for (const id of [saved.id, 'unknown', '../../etc/passwd']) {
		await expect(openContext('ben').readArtifact(id)).rejects.toMatchObject({ code: 'unknown-artifact' });
	}
});

test('keeps progress within bounds', () => {
	const context = openContext();
	context.progress({ percent: -5, text: 'x'.repeat(10_000) });
	context.progress({ percent: Number.NaN, partial: 'y'.repeat(100_000) });
	expect(heard[0]?.percent).toBe(0);
	expect(heard[0]?.text?.length).toBeLessThan(1_000);
	expect(heard[1]).not.toHaveProperty('percent');
	expect(heard[1]?.partial?.length).toBeLessThan(70_000);
});

test('can be taken apart by a handler', async () => {
	const { progress, taint, saveArtifact, readArtifact, fetch, ask, ...rest } = Object.assign({}, { ...openContext() });
	progress({ percent: 50 });
	taint('web:example.org');
	const saved = await saveArtifact({ name: 'a.txt', type: 'text/plain', content: new TextEncoder().encode('kept') });
	expect((await readArtifact(saved.id)).ref).toEqual(saved);
	expect(await (await fetch(`http://${host}/quick`)).text()).toBe('quick');
	expect(() => ask([{ kind: 'text', text: 'Sure?' }])).toThrow();
	expect(heard).toEqual([{ percent: 50 }]);
	expect(rest.person).toBe('anna');
});
