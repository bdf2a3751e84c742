import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { historyCrypto, openHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { verifyExport } from '@errand/core/domain/history/export-chain.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, startErrand } from '../harness/errand-process.ts';
import { serveSite } from '../harness/loopback-site.ts';

const entry = join(import.meta.dirname, '../harness/test-gateway.ts');
// It is about the files of one server's history.
const itInOneProcess = it.skipIf(CLUSTER_MODE);
// The processes of a cluster are given ports by the harness.
const itWithItsPort = it.skipIf(CLUSTER_MODE);
let dataDir: string;
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-recovery-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const asking = [
	{
		id: 'ask',
		title: 'Ask',
		capability: 'human.ask',
		input: {
			questions: [
				{ kind: 'text', text: 'Which colour?' },
				{ kind: 'choice', text: 'Size?', choices: ['small', 'large'] },
			],
		},
	},
	{ id: 'end', title: 'End', capability: 'test.wait', input: { ms: 10, say: 'ok', after: { $from: 'ask.text' } } },
];

describe('starting again', () => {
	it('keeps open questions over a kill, and goes on with the answers', async () => {
		const first = await startErrand({ dataDir, entry });
		const id = await first.submit({ goal: 'Ask me', plan: asking });
		const waiting = await first.settled(id);
		expect(waiting).toMatchObject({ status: 'waiting', reason: 'question' });
		await first.kill();
		const second = await startErrand({ dataDir, entry });
		const [colour, size] = (await second.task(id)).questions;
		expect(colour?.text).toBe('Which colour?');
		const answer = (questionId: string | undefined, text: string) =>
			second.call('POST', `/v1/tasks/${id}/input`, { questionId, answer: text });
		expect((await answer(size?.id, 'medium')).status).toBe(400);
		expect((await answer(size?.id, 'large')).status).toBe(200);
		expect((await answer(colour?.id, 'green')).status).toBe(200);
		expect(await second.settled(id)).toMatchObject({ status: 'done', result: { text: 'ok' } });
		await second.dispose();
	});

	it('keeps a wait between attempts over a kill', async () => {
		const site = await serveSite({
			'/': (_request, response) => {
				response.writeHead(site.asked.length === 1 ? 500 : 200, { 'Content-Type': 'text/plain' }).end('Here now.');
			},
		});
		const env = { ERRAND_ALLOW_PRIVATE_HOSTS: site.host };
		const first = await startErrand({ dataDir, entry, env });
		const step = { id: 'a', title: 'A', capability: 'web.read', input: { url: `${site.origin}/` } };
		const id = await first.submit({ goal: 'Read', plan: [{ ...step, retry: { maxAttempts: 2, waitsMs: [1_500] } }] });
		while ((await first.task(id)).plan.steps[0]?.status !== 'retrying') await wait(10);
		await first.kill();
		const second = await startErrand({ dataDir, entry, env });
		expect(await second.settled(id)).toMatchObject({ status: 'done', plan: { steps: [{ attempts: 2 }] } });
		const facts = await second.facts(id);
		const failed = facts.find(({ type }) => type === 'StepFailed');
		const started = facts.findLast(({ type }) => type === 'StepStarted');
		expect((started?.at ?? 0) - (failed?.at ?? 0)).toBeGreaterThanOrEqual(1_200);
		await second.dispose();
		await site.stop();
	});

	it('finishes what runs at a graceful stop, or takes it up again', async () => {
		const first = await startErrand({ dataDir, entry });
		const plan = [{ id: 'a', title: 'A', capability: 'test.wait', input: { ms: 700, say: 'kept' } }];
		const id = await first.submit({ goal: 'Wait', plan });
		await wait(100);
		expect(await first.stop()).toBe(0);
		const second = await startErrand({ dataDir, entry });
		expect(await second.settled(id)).toMatchObject({ status: 'done', result: { text: 'kept' } });
		const facts = await second.facts(id);
		expect(facts.filter(({ type }) => type === 'StepCompleted')).toHaveLength(1);
		await second.dispose();
	});

	it('takes the same submission once, also after a kill', async () => {
		const request = { goal: 'hello' };
		const key = { 'Idempotency-Key': 'one' };
		const first = await startErrand({ dataDir, entry });
		const before = (await (await first.call('POST', '/v1/tasks', request, key)).json()) as { id: string };
		await first.kill();
		const second = await startErrand({ dataDir, entry });
		const after = (await (await second.call('POST', '/v1/tasks', request, key)).json()) as { id: string };
		expect(after.id).toBe(before.id);
		const list = (await (await second.call('GET', '/v1/tasks')).json()) as { tasks: unknown[] };
		expect(list.tasks).toHaveLength(1);
		await second.dispose();
	});

	it('takes a message of a conversation once, and answers it once', async () => {
		const first = await startErrand({ dataDir, entry });
		const say = () => first.call('POST', '/v1/conversations/web-owner/messages', { text: 'hello', clientId: 'c1' });
		const ids = await Promise.all(
			[say(), say(), say()].map(async (sent) => ((await (await sent).json()) as { id: string }).id),
		);
		expect(new Set(ids).size).toBe(1);
		const entries = async () =>
			(
				(await (await first.call('GET', '/v1/conversations/web-owner/messages')).json()) as {
					entries: { kind: string }[];
				}
			).entries;
		while ((await entries()).filter(({ kind }) => kind === 'reply').length === 0) await wait(20);
		await wait(200);
		expect((await entries()).map(({ kind }) => kind)).toEqual(['message', 'reply']);
		await first.dispose();
	});
});

describe('refusing to start', () => {
	itInOneProcess('a second server on one data directory says who owns it, and disturbs nothing', async () => {
		const first = await startErrand({ dataDir, entry });
		const second = startErrand({ dataDir, entry });
		await expect(second).rejects.toThrow(new RegExp(`process ${first.pid} has had it.*${first.url}`, 's'));
		const id = await first.submit({ goal: 'hello' });
		expect((await first.settled(id)).status).toBe('done');
		await first.dispose();
	});

	itInOneProcess('a database that is none is left as it is', async () => {
		const path = join(dataDir, 'history.db');
		await writeFile(path, 'This is not a database at all. '.repeat(300));
		const before = await readFile(path);
		await expect(startErrand({ dataDir, entry })).rejects.toThrow(/history\.db.*(backup|another folder)/s);
		expect(await readFile(path)).toEqual(before);
	});

	itInOneProcess('a database of a later version is left as it is', async () => {
		await (await startErrand({ dataDir, entry })).stop();
		const path = join(dataDir, 'history.db');
		const db = new DatabaseSync(path);
		db.exec('PRAGMA user_version = 999');
		db.close();
		await expect(startErrand({ dataDir, entry })).rejects.toThrow(/newer|later/);
	});

	itWithItsPort('a wrong environment names every mistake at once', async () => {
		const env = { PORT: 'seventy', ERRAND_ALLOW_PRIVATE_HOSTS: 'nowhere' };
		const start = startErrand({ dataDir, entry, env });
		await expect(start).rejects.toThrow(/PORT="seventy".*ERRAND_ALLOW|ERRAND_ALLOW_PRIVATE_HOSTS="nowhere".*PORT/s);
	});

	itWithItsPort('a port that is taken says so', async () => {
		const first = await startErrand({ dataDir, entry });
		const other = await mkdtemp(join(tmpdir(), 'errand-port-'));
		const env = { PORT: new URL(first.url).port };
		await expect(startErrand({ dataDir: other, entry, env })).rejects.toThrow(/another program listens there/);
		await first.dispose();
		await rm(other, { recursive: true });
	});
});

describe('the history of a task', () => {
	it('is exported whole, and an edit or a cut shows', async () => {
		const errand = await startErrand({ dataDir, entry });
		const id = await errand.submit({ goal: 'hello' });
		await errand.settled(id);
		const lines = (await (await errand.call('GET', `/v1/tasks/${id}/audit`)).text()).trim().split('\n');
		expect(verifyExport(lines, historyCrypto)).toMatchObject({ ok: true, facts: lines.length - 1 });
		const edited = lines.map((line) => line.replace('hello', 'goodbye'));
		expect(verifyExport(edited, historyCrypto)).toMatchObject({ ok: false, line: 1 });
		expect(verifyExport([...lines.slice(0, -2), ...lines.slice(-1)], historyCrypto).ok).toBe(false);
		await errand.dispose();
	});

	itInOneProcess('is blank once the person was forgotten, and still verifies', async () => {
		const errand = await startErrand({ dataDir, entry });
		const attachments = [
			{ name: 'note.txt', type: 'text/plain', base64: Buffer.from('my private words').toString('base64') },
		];
		const id = await errand.submit({ goal: 'hello, my secret friend', attachments });
		await errand.settled(id);
		expect((await errand.call('DELETE', '/v1/people/owner')).status).toBe(200);
		await errand.stop();
		const again = await startErrand({ dataDir, entry });
		expect((await again.call('GET', `/v1/tasks/${id}`)).status).toBe(404);
		await again.stop();
		for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
			if (!file.isFile()) continue;
			const content = await readFile(join(file.parentPath, file.name));
			expect(content.includes('my secret friend'), file.name).toBe(false);
			expect(content.includes('my private words'), file.name).toBe(false);
		}
		const signer = openHistorySigner(join(dataDir, 'history.key'));
		const history = openSqliteStore({ path: join(dataDir, 'history.db'), signer });
		expect(await history.audit.verify()).toMatchObject({ ok: true });
		history.close();
	});
});
