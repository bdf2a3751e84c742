import type { TaskView } from '@errand/core/domain/task/view.ts';
import { quoteIsVerbatim } from '@errand/workers/text/facts/quote.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicies } from '../fixtures/policies/build-policies.ts';
import { expectedChoices } from '../fixtures/policies/expected.ts';
import { type ServedPolicies, servePolicies, wrongCells } from '../fixtures/policies/serve-policies.ts';
import { marksIn, tableOf } from '../harness/answer-table.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('comparing three insurance policies', () => {
	let site: ServedPolicies;
	let errand: ErrandProcess;
	beforeAll(async () => {
		site = await servePolicies();
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
	});
	afterAll(async () => {
		await errand.dispose();
		await site.stop();
	});

	async function compare(need: string): Promise<TaskView> {
		const goal = `Compare these three insurance policies and recommend the best one. ${need} ${site.links}`;
		const task = await errand.settled(await errand.submit({ goal }));
		expect(task.error).toBeUndefined();
		expect(task.status).toBe('done');
		return task;
	}

	it('fills the table with the right premium, deductible, limits and exclusions', async () => {
		const rows = tableOf((await compare(expectedChoices[0]?.need ?? '')).result?.text ?? '');
		expect(wrongCells(rows)).toEqual([]);
	});

	it('quotes a source word for word for every mark in a cell', async () => {
		const { result } = await compare(expectedChoices[0]?.need ?? '');
		const sources = result?.sources ?? [];
		expect(sources.length).toBeGreaterThan(20);
		for (const { url = '', quote = '' } of sources) {
			const document = site.documents.get(url);
			expect(document !== undefined && quoteIsVerbatim(document, quote), `${url}: ${quote}`).toBe(true);
		}
		const marks = [...tableOf(result?.text ?? '').values()].flatMap((row) => [...row.values()]).flatMap(marksIn);
		expect(marks.length).toBeGreaterThan(20);
		expect(marks.filter((mark) => mark < 1 || mark > sources.length)).toEqual([]);
	});

	it.each(expectedChoices)('recommends $best for: $need', async ({ need, best, because }) => {
		const text = (await compare(need)).result?.text ?? '';
		const recommendation = text.slice(text.indexOf('## Recommendation')).split('\n## ')[0] ?? '';
		expect(recommendation).toContain(best);
		expect(recommendation.toLowerCase()).toContain(because);
	});

	it('keeps a report that can be downloaded', async () => {
		const { result } = await compare(expectedChoices[1]?.need ?? '');
		const report = result?.artifacts.find(({ type }) => type === 'text/markdown');
		const file = await errand.call('GET', `/v1/artifacts/${report?.id}`);
		expect(file.headers.get('content-disposition')).toContain('.md');
		const text = await file.text();
		expect(text).toContain('HearthGuard Classic');
		expect(text).toContain('$576');
		expect(text).toContain('hearthguard.pdf');
	});

	it('reads what is attached as well as what is linked', async () => {
		const { pdf, docx, html } = await buildPolicies();
		const attachments = [
			{ name: 'one.pdf', type: 'application/pdf', base64: Buffer.from(pdf).toString('base64') },
			{ name: 'two.docx', type: DOCX, base64: Buffer.from(docx).toString('base64') },
			{ name: 'three.html', type: 'text/html', base64: Buffer.from(html).toString('base64') },
		];
		const id = await errand.submit({ goal: 'Compare these three policies and recommend the best one', attachments });
		const task = await errand.settled(id);
		expect(task.status).toBe('done');
		expect(
			tableOf(task.result?.text ?? '')
				.get('Premium')
				?.get('HearthGuard Classic'),
		).toContain('$576');
	});
});
