import { asPersonId, asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER } from '../auth/authenticator.ts';
import { startTestServer, type TestServer } from './fixture/test-server.ts';

const WEEK = 7 * 24 * 60 * 60_000;
let server: TestServer;
beforeEach(async () => {
	server = await startTestServer({ publicUrl: 'https://errand.example' });
});
afterEach(() => server.stop());

async function submit(goal: string): Promise<TaskId> {
	const { id } = (await (await server.call('POST', '/v1/tasks', { goal })).json()) as { id: string };
	return asTaskId(id);
}

function tokenFor(task: TaskId, person: string = OWNER.person): string {
	return server.links.sign({ task, person: asPersonId(person), expiresAt: server.clock.now() + WEEK });
}

/** Without any credentials. */
const open = (path: string) => fetch(server.url + path);

describe('a shared link', () => {
	it('shows the answer of its task, its files and its sources, to anybody', async () => {
		const task = await submit('Compare <b>heat pumps</b>');
		const id = await server.putFile('report.pdf', 'application/pdf', 'the report');
		const file = { id, name: 'report.pdf', type: 'application/pdf', bytes: 10 };
		server.desk.finish(task, {
			text: '# Result\n\nThe **second** one. <script>alert(1)</script>',
			sources: [{ title: 'A test', url: 'https://tests.example/pumps', quote: 'Quiet & cheap' }],
			artifacts: [file],
			method: 'rules',
			warnings: ['One page could not be read.'],
		});
		const token = tokenFor(task);
		const response = await open(`/s/${token}`);
		expect(response.status).toBe(200);
		const page = await response.text();
		expect(page).toContain('Compare &lt;b&gt;heat pumps&lt;/b&gt;');
		expect(page).toContain('The <strong>second</strong> one. &lt;script&gt;alert(1)&lt;/script&gt;');
		expect(page).toContain('href="https://tests.example/pumps"');
		expect(page).toContain('One page could not be read.');
		expect(page).toContain(`href="/s/${token}/files/${id}"`);
		const download = await open(`/s/${token}/files/${id}`);
		expect([download.status, await download.text()]).toEqual([200, 'the report']);
	});

	it('can do nothing, is not found by search engines and not kept by anybody', async () => {
		const response = await open(`/s/${tokenFor(await submit('x'))}`);
		const policy = response.headers.get('content-security-policy') ?? '';
		expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
		expect(policy).not.toContain('script-src');
		expect(response.headers.get('x-robots-tag')).toContain('noindex');
		expect(response.headers.get('referrer-policy')).toBe('no-referrer');
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(response.headers.get('set-cookie')).toBeNull();
		expect(await response.text()).toContain('There is no answer yet');
	});

	it('shows one task and nothing else of its person', async () => {
		const [task, other] = [await submit('mine'), await submit('another')];
		const id = await server.putFile('secret.txt', 'text/plain', 'of another task');
		const token = tokenFor(task);
		expect(await (await open(`/s/${token}`)).text()).not.toContain('another');
		expect((await open(`/s/${token}/files/${id}`)).status).toBe(404);
		for (const path of [`/v1/tasks/${task}`, `/v1/tasks/${other}`, `/v1/artifacts/${id}`]) {
			const response = await fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } });
			expect(response.status, path).toBe(401);
		}
	});

	it('that was forged is answered with 404 in words a person understands', async () => {
		const token = tokenFor(await submit('mine'));
		for (const forged of [
			'x',
			`${token}A`,
			token.slice(1),
			`${token.slice(0, -2)}AA`,
			encodeURIComponent('<script>'),
		]) {
			const response = await open(`/s/${forged}`);
			expect(response.status).toBe(404);
			const page = await response.text();
			expect(page).toContain('There is no such page');
			expect(page).not.toContain('<script');
		}
	});

	it('for somebody else’s task shows nothing', async () => {
		expect((await open(`/s/${tokenFor(await submit('mine'), 'p-mallory')}`)).status).toBe(410);
	});

	it('is over after its time, and says where the answer still is', async () => {
		const token = tokenFor(await submit('mine'));
		await server.clock.advance(WEEK + 60_000);
		const response = await open(`/s/${token}`);
		expect(response.status).toBe(410);
		expect(await response.text()).toContain('This link has expired');
		expect((await open(`/s/${token}/files/f1`)).status).toBe(410);
	});

	it('ends when its task was erased', async () => {
		const task = await submit('mine');
		const token = tokenFor(task);
		server.desk.erase(task);
		const response = await open(`/s/${token}`);
		expect(response.status).toBe(410);
		expect(await response.text()).toContain('This is gone');
	});

	it('leaves its token in no log', async () => {
		const token = tokenFor(await submit('mine'));
		await open(`/s/${token}`);
		await open(`/s/${token}x`);
		expect(JSON.stringify(server.logged)).not.toContain(token.slice(0, 20));
	});
});
