import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { eventually } from '../harness/process-tree.ts';

const CHAT = '/v1/conversations/web-owner/messages';
const PAGE = `<html><head><title>Heat pumps in old houses</title></head><body><main><h1>Heat pumps in old houses</h1>
<p>A heat pump of the Quillwort series costs £8,400 in an old house. It saves 40 percent of the heating costs.</p>
<p>The Quillwort series is loud: 58 decibels were measured at three metres. Installers need two days for it.</p>
</main></body></html>`;

interface Entry {
	readonly id: string;
	readonly text: string;
	readonly kind: string;
}
interface Said {
	readonly kind: string;
	readonly text: string;
}

describe('the memory of a person', () => {
	let dataDir: string;
	let site: LoopbackSite;
	let errand: ErrandProcess;
	beforeAll(async () => {
		dataDir = await mkdtemp(join(tmpdir(), 'errand-memory-'));
		site = await serveSite({ '/pumps': { type: 'text/html', body: PAGE } });
		errand = await startErrand({ dataDir, env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
	});
	afterAll(async () => {
		await errand?.dispose();
		await site?.stop();
		await rm(dataDir, { recursive: true, force: true });
	});

	const json = async <T>(path: string): Promise<T> => (await (await errand.call('GET', path)).json()) as T;
	const entries = async () => (await json<{ entries: Entry[] }>('/v1/memory')).entries;
	const found = async (words: string) =>
		(await json<{ found: { entry: Entry }[] }>(`/v1/memory/search?q=${encodeURIComponent(words)}`)).found;
	const replies = async () =>
		(await json<{ entries: { reply?: Said }[] }>(CHAT)).entries.flatMap(({ reply }) => reply ?? []);
	/** Says something, and resolves with the answer. */
	const chat = async (text: string): Promise<string> => {
		const ended = async () => (await replies()).filter(({ kind }) => kind !== 'progress');
		const before = (await ended()).length;
		await errand.call('POST', CHAT, { text, clientId: `${before} ${text}` });
		await eventually(async () => (await ended()).length > before, { limitMs: 30_000, describe: replies });
		return (await ended())[before]?.text ?? '';
	};

	it('takes in what a task found, and answers from it, with where it is from', async () => {
		const task = await errand.settled(await errand.submit({ goal: `Summarize ${site.origin}/pumps` }));
		expect([task.status, task.result?.text]).toEqual(['done', expect.stringContaining('Quillwort')]);
		await eventually(async () => (await entries()).length === 1, { describe: entries });
		expect((await entries())[0]).toMatchObject({ kind: 'result', text: expect.stringContaining('Quillwort') });
		const asked = site.asked.length;
		const answer = await chat('What did you find out about heat pumps?');
		expect(answer).toContain('Quillwort');
		expect(answer).toContain(site.origin);
		expect(site.asked.length).toBe(asked);
	});

	it('is shown, changed and searched by words and by meaning', async () => {
		const { id } = (await (
			await errand.call('POST', '/v1/memory', { text: 'My automobile is a green Zaphirnelle' })
		).json()) as Entry;
		expect((await found('Zaphirnelle'))[0]?.entry.id).toBe(id);
		await eventually(async () => (await found('Which car do I drive?'))[0]?.entry.id === id, {
			describe: () => found('Which car do I drive?'),
		});
		const edited = await errand.call('PATCH', `/v1/memory/${id}`, { text: 'My automobile is a blue Xanthoreel' });
		expect(edited.status).toBe(200);
		expect(JSON.stringify(await found('Zaphirnelle'))).not.toContain('Zaphirnelle');
		expect((await found('Xanthoreel'))[0]?.entry.text).toContain('blue');
	});

	it('holds nothing of what was forgotten: not in lists, searches, the index or the bytes of the history', async () => {
		const holding = async (word: string) =>
			(await filesIn(dataDir)).filter(({ bytes }) => bytes.includes(word)).map(({ name }) => name);
		if (!CLUSTER_MODE) expect(await holding('Xanthoreel')).not.toEqual([]);
		for (const { id } of await entries()) expect((await errand.call('DELETE', `/v1/memory/${id}`)).status).toBe(204);
		expect(await entries()).toEqual([]);
		expect(await found('automobile Xanthoreel heat pumps')).toEqual([]);
		expect(await chat('What did you find out about heat pumps?')).not.toContain('8,400');
		if (CLUSTER_MODE) return;
		// Stopping writes everything back that stands beside the files.
		await errand.stop();
		for (const word of ['Zaphirnelle', 'zaphirnelle', 'Xanthoreel', 'xanthoreel']) {
			expect([word, await holding(word)]).toEqual([word, []]);
		}
	});
});

async function filesIn(folder: string): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> {
	const all = await readdir(folder, { recursive: true, withFileTypes: true });
	const names = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
}
