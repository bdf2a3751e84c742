import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCapability } from '../runs/run-capability.ts';
import { HandlerContext, type RunResources, StopSwitch } from '../runs/run-context.ts';
import { openRunResources } from '../runs/run-resources.ts';
import { Workspaces } from '../sessions/workspaces.ts';
import { filesList } from './files-list.ts';
import { filesRead } from './files-read.ts';
import { filesWrite } from './files-write.ts';

let dataDir: string;
let workspace: string;
let resources: RunResources;
const taskId = asTaskId('t1');

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-files-'));
	workspace = await new Workspaces(dataDir).open(taskId);
	resources = openRunResources({ dataDir, allowPrivateHosts: [] });
});
afterEach(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

function contextOf(person = 'anna', folder: string | undefined = workspace): HandlerContext {
	const scope = { taskId, person: asPersonId(person), answers: [], workspace: folder };
	return new HandlerContext(scope, { resources, services: {}, stop: new StopSwitch(), onProgress: () => {} });
}

async function run<I, O>(capability: ICapability<I, O>, input: Json, context = contextOf()) {
	const { outcome } = await runCapability(capability as ICapability, input, context);
	if (outcome.kind === 'failed') return { code: outcome.failure.code, kind: outcome.failure.kind };
	if (outcome.kind !== 'completed' || !isJsonObject(outcome.output)) throw new Error(`unexpected ${outcome.kind}`);
	return { ...outcome.output, origins: outcome.origins };
}

test('writes, lists and reads a file, folders made on the way', async () => {
	const written = await run(filesWrite, { path: 'reports/summary.md', content: '# Grüße\n' });
	expect(written).toMatchObject({ path: 'reports/summary.md', bytes: 10 });
	expect(await run(filesList, {})).toMatchObject({
		files: [{ path: 'reports/summary.md', bytes: 10 }],
		truncated: false,
	});
	expect(await run(filesRead, { path: 'reports/summary.md' })).toMatchObject({
		bytes: 10,
		text: '# Grüße\n',
		truncated: false,
		document: { title: 'summary.md', kind: 'text', markdown: '# Grüße\n' },
		origins: ['file:reports/summary.md'],
	});
});

test('keeps what it writes for download, for its person alone, and twice the same as once', async () => {
	const write = { path: 'table.csv', content: Buffer.from([0, 255, 10]).toString('base64'), encoding: 'base64' };
	const first = await run(filesWrite, write);
	expect(first).toMatchObject({ bytes: 3, artifacts: [{ name: 'table.csv', type: 'text/csv', bytes: 3 }] });
	expect(await run(filesWrite, write)).toEqual(first);
	const [artifact] = 'artifacts' in first && Array.isArray(first.artifacts) ? first.artifacts : [];
	const kept = await contextOf().readArtifact(artifact.id);
	expect([...kept.content]).toEqual([0, 255, 10]);
	await expect(contextOf('ben').readArtifact(artifact.id)).rejects.toMatchObject({ code: 'unknown-artifact' });
});

test('replaces a file whole', async () => {
	await run(filesWrite, { path: 'a.txt', content: 'a long first text' });
	await run(filesWrite, { path: 'a.txt', content: 'short' });
	expect(await readFile(join(workspace, 'a.txt'), 'utf8')).toBe('short');
	expect(await run(filesList, {})).toMatchObject({ files: [{ path: 'a.txt', bytes: 5 }] });
});

test.each(['../outside.txt', '/tmp/outside.txt', 'link/outside.txt', 'link'])('never touches %s', async (path) => {
	await symlink(dataDir, join(workspace, 'link'));
	for (const [capability, input] of [
		[filesWrite, { path, content: 'x' }],
		[filesRead, { path }],
		[filesList, { path }],
	] as const) {
		expect(await run(capability as ICapability, input)).toEqual({ code: 'forbidden', kind: 'permanent' });
	}
});

test('lists neither links nor what they lead to', async () => {
	await symlink(dataDir, join(workspace, 'link'));
	await writeFile(join(workspace, 'file.txt'), 'x');
	expect(await run(filesList, { path: '.' })).toMatchObject({ files: [{ path: 'file.txt' }] });
});

test('lists a bounded number of files and says when there are more', async () => {
	await mkdir(join(workspace, 'many'));
	await Promise.all(Array.from({ length: 1_005 }, (_, n) => writeFile(join(workspace, 'many', `${n}.txt`), '')));
	const listed = await run(filesList, { path: 'many' });
	expect(listed).toMatchObject({ truncated: true });
	expect('files' in listed && Array.isArray(listed.files) && listed.files.length).toBe(1_000);
});

test('reads the beginning of a long file without cutting a character in two', async () => {
	await writeFile(join(workspace, 'long.txt'), 'ü'.repeat(100));
	expect(await run(filesRead, { path: 'long.txt', maxBytes: 5 })).toMatchObject({
		bytes: 200,
		text: 'üü',
		truncated: true,
	});
});

test('says what is wrong with a path that names no text file', async () => {
	await mkdir(join(workspace, 'folder'));
	await writeFile(join(workspace, 'binary'), new Uint8Array([0xff, 0xfe, 0x00]));
	execFileSync('/usr/bin/mkfifo', [join(workspace, 'pipe')]);
	const code = async (capability: unknown, input: Json) =>
		(await run(capability as ICapability, input)) as { code: string };
	expect(await code(filesRead, { path: 'missing.txt' })).toMatchObject({ code: 'not-found' });
	expect(await code(filesRead, { path: 'binary' })).toMatchObject({ code: 'unsupported-type' });
	for (const path of ['folder', 'pipe'])
		expect(await code(filesRead, { path })).toMatchObject({ code: 'invalid-input' });
	expect(await code(filesList, { path: 'missing' })).toMatchObject({ code: 'not-found' });
	for (const path of ['.', 'folder/', 'folder', 'binary/x']) {
		expect(await code(filesWrite, { path, content: '' })).toMatchObject({ code: 'invalid-input' });
	}
});

test('refuses to work without a workspace', async () => {
	const context = contextOf('anna', undefined);
	const homeless = Object.create(context, { workspace: { value: undefined } });
	await expect(filesList.run({ path: '.' }, homeless)).rejects.toMatchObject({ code: 'internal' });
});
