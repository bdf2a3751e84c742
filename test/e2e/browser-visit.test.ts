import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '@errand/core/domain/json.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { findBrowser } from '@errand/workers/sessions/find-browser.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserSite, LOGIN, startBrowserSite } from '../fixtures/browser-site/start-browser-site.ts';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { browsersAmong, eventually, type ProcessEntry, processesUnder, stillThere } from '../harness/process-tree.ts';

const browser = await findBrowser();
// A spare browser is kept for ten seconds after the last task.
const SPARE_GONE_MS = 60_000;

describe.skipIf(browser === undefined)('a task with a browser (needs one: npm run setup-browser)', () => {
	let site: BrowserSite;
	let errand: ErrandProcess;
	beforeEach(async () => {
		site = await startBrowserSite();
		errand = await start();
	});
	afterEach(async () => {
		await errand.dispose();
		await site.stop();
	});
	const start = (dataDir?: string) =>
		startErrand({
			...(dataDir === undefined ? {} : { dataDir }),
			env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host },
		});

	const login = (fill: Json = { text: LOGIN.password, secret: true }) => ({
		id: 'login',
		title: 'Log in',
		capability: 'browser.visit',
		input: {
			url: `${site.origin}/login`,
			steps: [
				{ do: 'fill', target: '[name=user]', text: LOGIN.user },
				{ do: 'fill', target: '[name=password]', ...(fill as object) },
				{ do: 'click', target: 'button' },
				{ do: 'wait', target: '.order' },
			],
			extract: { orders: { target: '.order', list: true } },
		},
	});
	const order = (number: number) => ({
		id: `order-${number}`,
		title: `Order ${number}`,
		capability: 'browser.visit',
		dependsOn: ['login'],
		input: {
			url: `${site.origin}/orders/${number}`,
			waitFor: { target: '#order' },
			extract: { user: '.user', price: '.price' },
		},
	});
	const orders = Array.from({ length: 10 }, (_, index) => index + 1);
	const expected = orders.map((number) => ({ user: 'ada', price: `${number * 10} euro` }));
	const shopping = () => ({ goal: 'Look at my orders', plan: [login(), ...orders.map(order)] });

	const fieldsOf = async (id: string) => {
		const outputs = new Map((await errand.facts(id)).flatMap((fact) => outputOf(fact)));
		return orders.map((number) => (outputs.get(`order-${number}`) as { fields?: Json } | undefined)?.fields);
	};

	/** The host of the browsers: of those of several workers, the one with most under it. */
	const running = async () => {
		const all = await processesUnder(errand.pid);
		const under = (pid: number): readonly ProcessEntry[] =>
			all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...under(child.pid)]);
		const [host] = all
			.filter(({ command }) => /browser\/host\/main/.test(command))
			.toSorted((a, b) => under(b.pid).length - under(a.pid).length);
		return { all, host, browsers: await browsersAmong(all) };
	};
	const folders = async () => {
		const found = await readdir(errand.dataDir, { recursive: true }).catch(() => []);
		return found.filter((name) => /(^|\/)browsers\/(.*\/)?browser-\d+$/.test(name));
	};
	/** Nothing of a browser is left but, for a while, one spare of each worker. */
	const nothingLeft = async ({ but = 0 } = {}) => {
		const { all, browsers } = await running();
		const most = CLUSTER_MODE ? 2 * but : but;
		return browsers.size <= most && (await folders()).length <= most && !all.some(({ isZombie }) => isZombie);
	};
	const left = async () => [await running(), await folders()];

	it('shares a login among ten parallel steps, while another task sees none of it, and leaves nothing', async () => {
		const release = site.hold();
		const first = await errand.submit(shopping());
		const outside = { waitFor: { target: '#outside' } };
		const second = await errand.submit({
			goal: 'Look from outside',
			plan: [
				{
					id: 'a',
					title: 'An order',
					capability: 'browser.visit',
					input: { url: `${site.origin}/orders/5`, ...outside },
				},
				{
					id: 'b',
					title: 'The dashboard',
					capability: 'browser.visit',
					dependsOn: ['a'],
					input: { url: `${site.origin}/dashboard`, ...outside },
				},
			],
		});
		// One of them is the second task's, so the first one is logged in and looks at orders at the same time.
		await site.askedFor(3);
		expect((await running()).browsers.size).toBeGreaterThanOrEqual(2);
		release();
		expect(await errand.settled(first)).toMatchObject({ status: 'done', result: { warnings: [] } });
		expect(await errand.settled(second)).toMatchObject({ status: 'done' });
		expect(await fieldsOf(first)).toEqual(expected);
		expect(site.hits.filter(({ path }) => path === '/api/login')).toHaveLength(1);
		const visitorsOf = (isOfOwner: boolean) =>
			new Set(site.hits.filter(({ user }) => (user === 'ada') === isOfOwner).map(({ visitor }) => visitor));
		const known = visitorsOf(true);
		expect(known.size).toBe(1);
		const refused = site.hits.filter(({ path, user }) => path.startsWith('/api/') && user === undefined);
		const strangers = new Set(refused.filter(({ path }) => path !== '/api/login').map(({ visitor }) => visitor));
		expect(strangers.size).toBe(1);
		expect([...strangers].filter((visitor) => known.has(visitor))).toEqual([]);

		await eventually(nothingLeft, { limitMs: SPARE_GONE_MS, describe: left });
	});

	it('goes on after everything was killed in the middle, still logged in, and leaves nothing of it', async () => {
		const release = site.hold();
		const id = await errand.submit(shopping());
		await site.askedFor(3);
		const { all, host, browsers } = await running();
		expect([host?.pid, browsers.size]).toEqual([expect.any(Number), expect.any(Number)]);
		expect(browsers.size).toBeGreaterThan(0);
		await errand.kill();
		await eventually(async () => (await stillThere(all)).length === 0, { describe: () => stillThere(all) });
		release();
		const { dataDir } = errand;
		errand = await start(dataDir);
		expect(await errand.settled(id)).toMatchObject({ status: 'done', result: { warnings: [] } });
		expect(await fieldsOf(id)).toEqual(expected);
		expect(site.hits.filter(({ path }) => path === '/api/login')).toHaveLength(1);
		await eventually(() => nothingLeft({ but: 1 }), { describe: left });
	});

	it.each(['browser', 'host'])('goes on after its %s was killed in the middle, still logged in', async (which) => {
		const release = site.hold();
		const id = await errand.submit(shopping());
		await site.askedFor(3);
		const { host, browsers } = await running();
		const victim = which === 'host' ? host : browsers.get('browser-1');
		if (victim === undefined) throw new Error(`There is no ${which} to kill.`);
		process.kill(victim.pid, 'SIGKILL');
		await eventually(async () => (await stillThere([victim])).length === 0);
		release();
		expect(await errand.settled(id)).toMatchObject({ status: 'done', result: { warnings: [] } });
		expect(await fieldsOf(id)).toEqual(expected);
		expect(site.hits.filter(({ path }) => path === '/api/login')).toHaveLength(1);
		await eventually(() => nothingLeft({ but: 1 }), { describe: left });
	});

	it('has its browser gone once it is cancelled', async () => {
		site.hold();
		const id = await errand.submit(shopping());
		await site.askedFor(3);
		const mine = (await running()).browsers.get('browser-1');
		if (mine === undefined) throw new Error('The task has no browser.');
		const its = [mine, ...(await processesUnder(mine.pid))];
		expect((await errand.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
		await eventually(
			async () =>
				(await stillThere(its)).length === 0 && !(await folders()).some((name) => name.endsWith('/browser-1')),
			{
				describe: async () => [await stillThere(its), await folders()],
			},
		);
		expect((await errand.task(id)).status).toBe('cancelled');
	});

	// It looks into the files of one server's history.
	it.skipIf(CLUSTER_MODE)('asks for a password in confidence, and writes it nowhere', async () => {
		const id = await errand.submit({
			goal: 'Log in',
			plan: [login({ ask: 'What is the password of the shop?' }), order(3)],
		});
		const waiting = await errand.settled(id);
		expect(waiting).toMatchObject({ status: 'waiting', questions: [{ kind: 'secret' }] });
		expect(site.hits).toEqual([]);
		const answer = { questionId: waiting.questions[0]?.id, answer: LOGIN.password };
		expect((await errand.call('POST', `/v1/tasks/${id}/input`, answer)).status).toBe(200);
		expect(await errand.settled(id)).toMatchObject({ status: 'done' });
		expect((await fieldsOf(id))[2]).toEqual({ user: 'ada', price: '30 euro' });
		await errand.stop();
		expect(await readFile(join(errand.dataDir, 'history.db'), 'latin1')).toContain('What is the password of the shop?');
		for (const file of await readdir(errand.dataDir, { recursive: true, withFileTypes: true })) {
			if (!file.isFile()) continue;
			const content = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
			expect(content.includes(LOGIN.password), file.name).toBe(false);
		}
		expect(errand.output()).not.toContain(LOGIN.password);
	});

	it('names the step that failed, and shows what the page showed', async () => {
		const { input, ...rest } = login({ text: 'no such password', secret: true });
		const steps = [...input.steps.slice(0, 3), { do: 'click', target: '.order a' }];
		const id = await errand.submit({ goal: 'Log in', plan: [{ ...rest, input: { ...input, steps } }] });
		const failed = await errand.settled(id);
		expect(failed.status).toBe('failed');
		const [step] = failed.plan.steps;
		expect(step).toMatchObject({ status: 'dead-lettered', attempts: 1, error: { code: 'not-found' } });
		const message = step?.error?.message ?? '';
		expect(message).toContain(`Step 4 of 4: Clicking .order a on ${site.host}/login did not work`);
		expect(message).toContain('Wrong user or password.');
		expect(message).not.toContain('no such password');
		const picture = /\/v1\/artifacts\/[\w-]+/.exec(message)?.[0] ?? '';
		const file = await errand.call('GET', picture);
		expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
	});

	it('does not repeat what it sent when its browser dies, and says so', async () => {
		const { input, ...rest } = login();
		const steps = [...input.steps, { do: 'wait', ms: 30_000 }];
		const id = await errand.submit({ goal: 'Log in', plan: [{ ...rest, input: { ...input, steps } }] });
		await eventually(async () => site.hits.some(({ path }) => path === '/api/me'));
		const victim = (await running()).browsers.get('browser-1');
		if (victim === undefined) throw new Error('The task has no browser.');
		process.kill(victim.pid, 'SIGKILL');
		const failed = await errand.settled(id);
		expect(failed).toMatchObject({
			status: 'failed',
			plan: { steps: [{ status: 'dead-lettered', attempts: 1, error: { code: 'unknown-outcome' } }] },
		});
		expect(failed.plan.steps[0]?.error?.hint).toContain('if it did not happen, retry the step');
		expect(site.hits.filter(({ path }) => path === '/api/login')).toHaveLength(1);
	});

	it('fills in a form, scrolls a list that grows, downloads, and takes pictures', async () => {
		const visit = (id: string, input: Record<string, Json>) => ({ id, title: id, capability: 'browser.visit', input });
		const id = await errand.submit({
			goal: 'Do all sorts of things',
			plan: [
				visit('form', {
					url: `${site.origin}/form`,
					steps: [
						{ do: 'fill', target: '[name=name]', text: 'Bo' },
						{ do: 'select', target: '[name=room]', values: 'd' },
						{ do: 'select', target: '[name=extras]', values: ['Parking', 'Breakfast'] },
						{ do: 'click', target: '[name=terms]' },
						{ do: 'click', target: 'role=button[name="Book"]' },
						{ do: 'wait', text: 'Booked as number 1' },
					],
					extract: { done: '#done' },
				}),
				visit('feed', {
					url: `${site.origin}/feed`,
					steps: [{ do: 'scroll', times: 4 }],
					extract: { items: { target: '.item', list: true } },
					screenshot: 'full',
				}),
				visit('files', {
					url: `${site.origin}/files`,
					steps: [{ do: 'download', target: '#made' }],
					download: { url: `${site.origin}/files/plans.pdf` },
					snapshot: true,
				}),
				visit('dialog', {
					url: `${site.origin}/dialog`,
					steps: [
						{ do: 'click', target: '#ask' },
						{ do: 'extract', fields: { asked: '#said' } },
						{ do: 'click', target: '#open' },
					],
					extract: { opened: 'h1' },
				}),
				visit('permission', { url: `${site.origin}/permission`, waitFor: { text: 'place:' } }),
				visit('slow', { url: `${site.origin}/slow` }),
				visit('nosy', { url: `${site.origin}/nosy`, waitFor: { text: 'Tried:' } }),
				{ id: 'pdf', title: 'Read', capability: 'web.read', input: { artifact: { $from: 'files.artifacts.1.id' } } },
				{
					id: 'sum',
					title: 'Sum up',
					capability: 'text.summarize',
					input: { documents: [{ $from: 'slow.document' }] },
				},
			],
		});
		expect(await errand.settled(id)).toMatchObject({ status: 'done' });
		const outputs = new Map((await errand.facts(id)).flatMap((fact) => outputOf(fact)));
		expect(outputs.get('form')).toMatchObject({ fields: { done: 'Booked as number 1' } });
		expect(site.bookings).toEqual([{ name: 'Bo', room: 'd', extras: ['Breakfast', 'Parking'] }]);
		const feed = outputs.get('feed') as { fields: { items: string[] }; artifacts: { id: string; type: string }[] };
		expect(feed.fields.items).toHaveLength(40);
		expect(feed.artifacts[0]?.type).toBe('image/jpeg');
		expect(outputs.get('files')).toMatchObject({
			snapshot: expect.stringContaining('Plans as CSV'),
			artifacts: [{ name: 'made.csv' }, { name: 'plans.pdf', type: 'application/pdf' }],
		});
		expect(outputs.get('pdf')).toMatchObject({ markdown: expect.stringContaining('Basic costs 10 euro') });
		// A dialog is answered with no, a pop-up is where the visit goes on, and a place is not told.
		const said = { fields: { asked: 'kept', opened: 'Terms' } };
		expect(outputs.get('dialog')).toMatchObject({ url: `${site.origin}/terms`, ...said });
		expect(outputs.get('permission')).toMatchObject({
			document: { markdown: expect.stringContaining('place: refused') },
		});
		expect(outputs.get('slow')).toMatchObject({ document: { title: 'Terms' } });
		const nosy = outputs.get('nosy') as { document: { markdown: string }; warnings: string[] };
		expect(nosy.document.markdown).toContain('refused, refused');
		expect(nosy.warnings.join('\n')).toContain(site.forbidden.host);
		expect(site.forbidden.connections()).toBe(0);
		const origins = (await errand.facts(id)).flatMap((fact) =>
			fact.type === 'StepCompleted' ? fact.data.origins : [],
		);
		expect(new Set(origins)).toContain(`web:${site.host}`);
	});
});

describe('a server without a browser', () => {
	// Gateways of a cluster offer what a worker may have, and cannot know what workers to come will have.
	it.skipIf(CLUSTER_MODE)(
		'does not offer visits, and refuses a plan with one in words that say how to get one',
		async () => {
			const errand = await startErrand({ env: { CHROMIUM_PATH: 'none' } });
			const { capabilities } = (await (await errand.call('GET', '/v1/capabilities')).json()) as {
				capabilities: { name: string }[];
			};
			expect(capabilities.map(({ name }) => name)).toContain('web.read');
			expect(capabilities.map(({ name }) => name)).not.toContain('browser.visit');
			const plan = [{ id: 'a', title: 'A', capability: 'browser.visit', input: { url: 'https://example.com/' } }];
			const refused = await errand.call('POST', '/v1/tasks', { goal: 'Visit', plan });
			expect(refused.status).toBe(422);
			expect(await refused.text()).toContain('npm run setup-browser');
			await errand.dispose();
		},
	);
});

function outputOf(fact: RecordedTaskFact): [string, Json][] {
	if (fact.type !== 'StepCompleted') return [];
	const { stepId, output } = fact.data;
	return [[stepId, output.kind === 'value' ? output.value : output.preview]];
}
