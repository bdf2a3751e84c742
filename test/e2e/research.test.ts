import { createServer } from 'node:http';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expected } from '../fixtures/research-site/expected.ts';
import { close, listen, type ResearchSite, startResearchSite } from '../fixtures/research-site/start-research-site.ts';
import { type SearxngStandIn, startSearxng } from '../fixtures/research-site/start-searxng.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const goal = `Research ${expected.topic} and prepare talking points`;

describe('researching from a start page', () => {
	let site: ResearchSite;
	let errand: ErrandProcess;
	let task: TaskView;
	beforeAll(async () => {
		site = await startResearchSite();
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts } });
		task = await errand.settled(await errand.submit({ goal: `${goal}: ${site.origin}/` }));
	});
	afterAll(async () => {
		await errand.dispose();
		await site.stop();
	});

	it('reads every page on the topic once, over two rounds of links, a next page and a redirect', () => {
		expect(task.status).toBe('done');
		const times = (path: string) => site.asked.filter((one) => one.replace(/\?utm_.*/, '') === path).length;
		for (const path of [...expected.relevant, ...expected.onTheWay]) expect([path, times(path)]).toEqual([path, 1]);
		expect(new Set(site.asked).size).toBe(site.asked.length);
	});

	it('follows nothing that is off the topic, and nothing to a stranger', () => {
		expect(site.asked.filter((path) => (expected.untouched as readonly string[]).includes(path))).toEqual([]);
		expect(site.strangerAsked).toEqual([]);
	});

	it('goes on without the page that is missing, and says so', () => {
		expect(task.result?.warnings.join('\n')).toContain(`${site.origin}${expected.missing}`);
	});

	it('cites a page for every point, and holds what a careful reader would name', () => {
		const points = pointsOf(task);
		const sources = task.result?.sources ?? [];
		const cited = (point: string) => [...point.matchAll(/\[(\d+)\]/g)].map((mark) => sources[Number(mark[1]) - 1]?.url);
		expect(points.length).toBeGreaterThanOrEqual(5);
		for (const point of points) expect(cited(point).length, point).toBeGreaterThan(0);
		for (const { words, paths } of expected.facts) {
			const holding = points.filter((point) => words.every((word) => point.includes(word)));
			expect(holding.length, words.join(' + ')).toBeGreaterThan(0);
			const wanted = paths.map((path) => site.origin + path);
			expect(
				holding.flatMap(cited).some((url) => wanted.some((one) => url?.startsWith(one))),
				words.join(' + '),
			).toBe(true);
		}
	});

	it('names where pages differ', () => {
		const { one, other } = expected.difference;
		const points = pointsOf(task);
		const at = points.findIndex((point) => point.includes(one) || point.includes(other));
		expect(points[at + 1]).toMatch(/Sources differ/);
		expect(`${points[at]}${points[at + 1]}`).toContain(one);
		expect(`${points[at]}${points[at + 1]}`).toContain(other);
	});

	it('counts a copy as one source with what it copies, and says what is out of date', () => {
		const warnings = task.result?.warnings ?? [];
		expect(warnings.filter((one) => one.includes(expected.copy.title))).toEqual([
			expect.stringContaining('word for word'),
		]);
		expect(warnings.filter((one) => one.includes(expected.outdated.title))).toEqual([
			expect.stringContaining('2 April 2019'),
		]);
		expect(task.result?.sources.map(({ url }) => url)).not.toContain(site.origin + expected.copy.path);
	});

	it('does nothing of what a page orders, and says nothing of other matters', () => {
		const said = pointsOf(task).join('\n');
		expect(expected.mustNotHave.filter((words) => said.includes(words))).toEqual([]);
		expect(task.result?.warnings.some((warning) => /orders to an assistant/.test(warning))).toBe(true);
	});
});

describe('researching by search', () => {
	let site: ResearchSite;
	let searxng: SearxngStandIn;
	let errand: ErrandProcess;
	beforeAll(async () => {
		site = await startResearchSite({ slowMs: 50 });
		searxng = await startSearxng(site.origin);
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts, SEARXNG_URL: searxng.origin } });
	});
	afterAll(async () => {
		await errand.dispose();
		await searxng.stop();
		await site.stop();
	});

	it('reads what is found once, follows its links, and drops what is off the topic', async () => {
		const task = await errand.settled(await errand.submit({ goal }));
		expect(task.status).toBe('done');
		expect(task.plan.by).toBe('rules:research+write');
		expect(searxng.asked).toEqual([expected.topic]);
		const paths = site.asked.map((path) => path.replace(/\/?\?utm_.*|(?<=.)\/$/, ''));
		for (const path of [
			'/bills/clean-air',
			'/bills/packaging',
			'/bills/soil',
			'/bills/peat',
			'/farmers/soil',
			'/analyses/clean-air-health',
		]) {
			expect([path, paths.filter((one) => one === path).length]).toEqual([path, 1]);
		}
		expect(site.asked.filter((path) => (expected.untouched as readonly string[]).includes(path))).toEqual([]);
		expect(site.strangerAsked).toEqual([]);
		const points = pointsOf(task).join('\n');
		expect(points).toContain('20 pence');
		expect(points).toMatch(/Sources differ/);
		expect(points).not.toContain('thermostat');
		expect(task.result?.warnings.join('\n')).toContain('How to lower your energy bill this winter');
	});

	it('gives ranked links alone when only a search was asked for', async () => {
		const task = await errand.settled(await errand.submit({ goal: 'Search the web for environmental bills' }));
		expect(task.status).toBe('done');
		expect(task.result?.sources.map(({ url }) => url?.slice(site.origin.length))).toEqual([
			'/bills/clean-air',
			'/bills/packaging?utm_source=engine',
			'/help/energy-bill',
			'/bills/soil',
			'/bills/peat',
			'/bills/noise',
		]);
		expect(task.result?.text).toContain('1. [Clean Air Zones Bill](<');
		expect(task.result?.text).toContain('2026-08-28: The largest of the five environmental bills …');
	});

	it('says plainly when nothing is found', async () => {
		const task = await errand.settled(await errand.submit({ goal: 'Research the price of tea in Aldmere' }));
		expect(task.status).toBe('failed');
		expect(task.error?.message).toContain('No page on “the price of tea in Aldmere” could be read.');
	});
});

describe('searching with a key that is not taken', () => {
	it('names the variable to mend, and shows the key nowhere', async () => {
		const key = 'BSA-kept-to-itself';
		const seen: unknown[] = [];
		const brave = createServer((request, response) => {
			seen.push(request.headers['x-subscription-token'] === key ? request.url : 'another key');
			const error = { status: 422, code: 'SUBSCRIPTION_TOKEN_INVALID', detail: 'no', meta: {} };
			response
				.writeHead(422, { 'Content-Type': 'application/json' })
				.end(JSON.stringify({ type: 'ErrorResponse', error }));
		});
		const errand = await startErrand({ env: { BRAVE_API_KEY: key, BRAVE_API_URL: await listen(brave) } });
		try {
			const id = await errand.submit({ goal: 'Search the web for heat pumps' });
			const task = await errand.settled(id);
			expect(task.status).toBe('failed');
			expect(task.error?.message).toContain('BRAVE_API_KEY');
			expect(seen).toEqual([expect.stringContaining('/res/v1/web/search?q=heat+pumps')]);
			expect(JSON.stringify(await errand.facts(id)) + errand.output()).not.toContain(key);
		} finally {
			await errand.dispose();
			await close(brave);
		}
	});
});

describe('researching with neither a search provider nor an address', () => {
	it('asks for an address, and goes on with the answer', async () => {
		const site = await startResearchSite({ slowMs: 50 });
		const errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts } });
		try {
			const id = await errand.submit({ goal });
			const waiting = await errand.settled(id);
			expect(waiting.status).toBe('waiting');
			const [question] = waiting.questions;
			expect(question?.text).toContain('BRAVE_API_KEY or SEARXNG_URL');
			const body = { questionId: question?.id, answer: `Try ${site.origin}/ first.` };
			expect((await errand.call('POST', `/v1/tasks/${id}/input`, body)).status).toBeLessThan(300);
			const task = await errand.settled(id);
			expect(task.status).toBe('done');
			expect(pointsOf(task).join('\n')).toContain('20 pence');
		} finally {
			await errand.dispose();
			await site.stop();
		}
	});
});

function pointsOf(task: TaskView): string[] {
	const [points = ''] = (task.result?.text ?? '').split(/^## (?:Not found|Looked at, nothing on .*)$/m);
	return points.split('\n').filter((line) => /^\s*(?:[-*]|\d+\.)\s/.test(line));
}
