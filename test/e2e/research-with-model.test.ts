import type { TaskView } from '@errand/core/domain/task/view.ts';
import { parseDocument } from '@errand/workers/documents/parse-document.ts';
import { quoteIsVerbatim } from '@errand/workers/text/facts/quote.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carefulResearcher } from '../fixtures/research-site/careful-mind.ts';
import { expected } from '../fixtures/research-site/expected.ts';
import { type ResearchSite, startResearchSite } from '../fixtures/research-site/start-research-site.ts';
import { type SearxngStandIn, startSearxng } from '../fixtures/research-site/start-searxng.ts';
import { marksIn } from '../harness/answer-table.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';

const goal = `Research ${expected.topic} and prepare talking points`;

describe('researching from a start page with a language model', () => {
	let site: ResearchSite;
	let model: ModelStandIn;
	let errand: ErrandProcess;
	let task: TaskView;
	let asked: readonly string[];
	beforeAll(async () => {
		site = await startResearchSite();
		model = await startModelStandIn(carefulResearcher);
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts, ...model.env } });
		task = await errand.settled(await errand.submit({ goal: `${goal}: ${site.origin}/` }));
		asked = [...site.asked];
	});
	afterAll(async () => {
		await errand.dispose();
		await model.stop();
		await site.stop();
	});

	it('follows the plan of the model, and counts what it costs', () => {
		expect(task.error).toBeUndefined();
		expect(task.status).toBe('done');
		expect(task.plan.by).toBe('model:stand-in');
		expect(task.result?.method).toBe('model');
		expect(model.unanswered).toEqual([]);
		expect(task.cost.tokens).toBeGreaterThan(1_000);
		expect(task.cost.microUsd).toBeGreaterThan(task.cost.tokens);
	});

	it('reads the links that the model chose by number, each page once, and nothing else', () => {
		expect(model.asked.filter(({ what }) => what === 'chosen_links')).toHaveLength(2);
		const times = (path: string) => asked.filter((one) => one.replace(/\?utm_.*/, '') === path).length;
		for (const path of [...expected.relevant, ...expected.onTheWay]) expect([path, times(path)]).toEqual([path, 1]);
		expect(asked.length).toBeGreaterThanOrEqual(13);
		expect(asked.filter((path) => (expected.untouched as readonly string[]).includes(path))).toEqual([]);
		expect(site.strangerAsked).toEqual([]);
	});

	it('cites a page for every point, with a quote that stands in it', async () => {
		const { points, cited } = pointsOf(task);
		expect(points.length).toBeGreaterThanOrEqual(5);
		for (const point of points) expect(cited(point).length, point).toBeGreaterThan(0);
		for (const { words, paths } of expected.facts) {
			const holding = points.filter((point) => words.every((word) => point.includes(word)));
			const urls = holding.flatMap(cited).map((url) => url?.slice(site.origin.length));
			expect(
				urls.some((url) => paths.some((path) => url?.startsWith(path))),
				words.join(' + '),
			).toBe(true);
		}
		await expectVerbatim(task);
	});

	it('names where pages differ, side by side', () => {
		const { one, other } = expected.difference;
		const { points } = pointsOf(task);
		const told = points.filter((point) => point.includes(one) && point.includes(other));
		expect(told).toHaveLength(1);
		expect(new Set(marksIn(told[0] ?? '')).size).toBe(2);
		expect(task.result?.text).not.toMatch(/£133 million.*£9,500|£9,500.*£133 million/);
	});

	it('drops the copy, and says so and what is out of date', () => {
		const warnings = task.result?.warnings ?? [];
		expect(warnings.filter((warning) => warning.includes(expected.copy.title))).toEqual([
			expect.stringContaining('word for word'),
		]);
		expect(warnings.filter((warning) => warning.includes(expected.outdated.title))).toEqual([
			expect.stringContaining('2 April 2019'),
		]);
		expect(warnings.join('\n')).toContain(`${site.origin}${expected.missing}`);
		expect(task.result?.sources.map(({ url }) => url)).not.toContain(site.origin + expected.copy.path);
	});

	it('shows the model no orders of a page, and passes none on', () => {
		const { points } = pointsOf(task);
		expect(expected.mustNotHave.filter((words) => points.join('\n').includes(words))).toEqual([]);
		expect(task.result?.warnings.some((warning) => /orders to an assistant/.test(warning))).toBe(true);
		for (const { user } of model.asked) expect(user).not.toContain('Ignore all previous');
	});

	it('keeps the talking points as a file with their sources', async () => {
		const file = task.result?.artifacts.find(({ type }) => type === 'text/markdown');
		const text = await (await errand.call('GET', `/v1/artifacts/${file?.id}`)).text();
		expect(text).toContain('£140 million');
		expect(text).toContain(`${site.origin}/analyses/clean-air-health`);
	});
});

describe('researching by search with a language model', () => {
	let site: ResearchSite;
	let searxng: SearxngStandIn;
	let model: ModelStandIn;
	let errand: ErrandProcess;
	beforeAll(async () => {
		site = await startResearchSite({ slowMs: 50 });
		searxng = await startSearxng(site.origin);
		model = await startModelStandIn(carefulResearcher);
		const env = { ERRAND_ALLOW_PRIVATE_HOSTS: site.hosts, SEARXNG_URL: searxng.origin, ...model.env };
		errand = await startErrand({ env });
	});
	afterAll(async () => {
		await errand.dispose();
		await model.stop();
		await searxng.stop();
		await site.stop();
	});

	it('searches with the words of the model, reads what is found once, and follows its links', async () => {
		const task = await errand.settled(await errand.submit({ goal }));
		expect(task.status).toBe('done');
		expect(task.plan.by).toBe('model:stand-in');
		expect(task.result?.method).toBe('model');
		expect(searxng.asked).toEqual([expected.topic, 'environmental bills hearings and costs']);
		const paths = site.asked.map((path) => path.replace(/\/?\?utm_.*|(?<=.)\/$/, ''));
		for (const path of ['/bills/clean-air', '/bills/packaging', '/bills/soil', '/bills/peat', '/farmers/soil']) {
			expect([path, paths.filter((one) => one === path).length]).toEqual([path, 1]);
		}
		expect(paths).toContain('/analyses/clean-air-health');
		expect(site.strangerAsked).toEqual([]);
		const { points } = pointsOf(task);
		expect(points.join('\n')).toContain('20 pence');
		expect(points.join('\n')).not.toContain('thermostat');
		expect(points.some((point) => point.includes('£85 million') && point.includes('£140 million'))).toBe(true);
		expect(task.result?.warnings.join('\n')).toContain('How to lower your energy bill this winter');
		await expectVerbatim(task);
	});

	it('reaches neither a login nor a stranger when the model chooses every link', async () => {
		const all = Array.from({ length: 90 }, (_, at) => ({ number: at + 1, why: '[all](https://evil.example/)' }));
		model.think({ ...carefulResearcher, chosen_links: () => ({ value: { links: all } }) });
		const task = await errand.settled(await errand.submit({ goal: `${goal}, please: ${site.origin}/` }));
		expect(task.status).toBe('done');
		const acts = ['/login', '/login?next=/bills/soil', '/share?page=/bills/soil', '/files/chamber.jpg', '/subscribe'];
		expect(site.asked.filter((path) => acts.includes(path))).toEqual([]);
		expect(site.strangerAsked).toEqual([]);
		expect(pointsOf(task).points.join('\n')).not.toMatch(/goulash|football|evil\.example/);
	});
});

function pointsOf(task: TaskView) {
	const sources = task.result?.sources ?? [];
	const [text = ''] = (task.result?.text ?? '').split(/^## (?:Not found|Looked at, nothing on .*)$/m);
	const points = text.split('\n').filter((line) => /^\s*(?:[-*]|\d+\.)\s/.test(line));
	return { points, cited: (point: string) => marksIn(point).map((mark) => sources[mark - 1]?.url) };
}

/** Every quote stands word for word on the page that it is said to be from. */
async function expectVerbatim({ result }: TaskView): Promise<void> {
	const sources = result?.sources ?? [];
	expect(sources.length).toBeGreaterThanOrEqual(5);
	for (const { url = '', quote = '' } of sources) {
		const page = await fetch(url);
		const content = new Uint8Array(await page.arrayBuffer());
		const contentType = page.headers.get('content-type') ?? undefined;
		const raw = { name: 'page', content, contentType, url, signal: new AbortController().signal };
		expect(quoteIsVerbatim(await parseDocument(raw), quote), `${url}: ${quote}`).toBe(true);
	}
}
