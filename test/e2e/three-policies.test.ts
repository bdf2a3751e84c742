import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPolicies } from '../fixtures/policies/build-policies.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';

describe('comparing three insurance policies', () => {
	let site: LoopbackSite;
	let errand: ErrandProcess;
	beforeAll(async () => {
		const { pdf, docx, html } = await buildPolicies();
		site = await serveSite({
			'/hearthguard.pdf': { type: 'application/pdf', body: pdf },
			'/riverstone.docx': {
				type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
				body: docx,
			},
			'/alder.html': { type: 'text/html; charset=utf-8', body: html },
		});
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host } });
	});
	afterAll(async () => {
		await errand.dispose();
		await site.stop();
	});

	it('answers with a table, a recommendation for the need, sources with quotes and a report', async () => {
		const links = ['/hearthguard.pdf', '/riverstone.docx', '/alder.html'].map((path) => site.origin + path).join(' ');
		const goal = `Compare these three insurance policies and recommend the best one. We are a family of four with a house by a river; flood cover matters most to us. ${links}`;
		const id = await errand.submit({ goal });
		const task = await errand.settled(id);
		expect(task.error).toBeUndefined();
		expect(task.status).toBe('done');
		console.log(
			task.result?.text,
			task.plan.steps.map((s) => [s.id, s.status, s.title, (s.endedAt ?? 0) - (s.startedAt ?? 0)]),
			task.result?.warnings,
			task.result?.artifacts,
			task.result?.sources.length,
		);
	});
});
