import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from '../../apps/workers/src/documents/parse-document.ts';
import { quoteIsVerbatim } from '../../apps/workers/src/text/facts/quote.ts';
import { writeReport } from '../../apps/workers/src/text/writing/write-report.ts';
import { writeTalkingPoints } from '../../apps/workers/src/text/writing/write-talking-points.ts';
import type { Document } from '../../packages/core/src/domain/document.ts';
import { expected } from '../fixtures/site/expected.ts';
import { type Site, startSite } from '../fixtures/site/start-site.ts';

describe('what twelve pages say about a bill', () => {
	let site: Site;
	let documents: Document[];
	beforeAll(async () => {
		site = await startSite({ slowMs: 50 });
		documents = (await Promise.all(site.urls.map(read))).flat();
	});
	afterAll(() => site.stop());

	it('is told in five to nine points with everything a careful reader would name, from the right pages', () => {
		const { body, sources } = writeTalkingPoints({ documents, findings: [], topic: expected.topic });
		const points = body.split('\n').filter((line) => line.startsWith('- ') && / \[\d+\]/.test(line));
		expect(points.length).toBeGreaterThanOrEqual(5);
		expect(points.length).toBeLessThanOrEqual(9);
		const lines = body.split('\n');
		for (const { words, paths } of expected.facts) {
			const line = lines.find((one) => words.every((word) => one.includes(word)));
			expect(line, words.join(', ')).toBeDefined();
			const from = [...(line ?? '').matchAll(/\[(\d+)\]/g)].map(([, mark]) => pathOf(sources[Number(mark) - 1]?.url));
			for (const path of paths) expect(from, words.join(', ')).toContain(path);
		}
	});

	it('names what the pages differ on', () => {
		const { body } = writeTalkingPoints({ documents, findings: [], topic: expected.topic });
		const lines = body.split('\n');
		for (const { one, other } of expected.differences) {
			const at = lines.findIndex(
				(line) => line.includes('Sources differ') && (line.includes(one) || line.includes(other)),
			);
			expect(at, one).toBeGreaterThan(0);
			expect(`${lines[at - 1]}\n${lines[at]}`).toContain(one);
			expect(`${lines[at - 1]}\n${lines[at]}`).toContain(other);
		}
	});

	it.each([writeTalkingPoints, writeReport])(
		'holds nothing of other pages, advertising or orders to an assistant',
		(write) => {
			const { body, sources, warnings } = write({ documents, findings: [], topic: expected.topic });
			const [told, silent] = body.split('## Looked at, nothing on');
			for (const words of expected.mustNotHave) expect(told).not.toContain(words);
			for (const path of expected.irrelevant) expect(sources.map(({ url }) => pathOf(url))).not.toContain(path);
			const titles = documents.filter(({ url }) => expected.irrelevant.some((path) => pathOf(url) === path));
			expect(titles).toHaveLength(expected.irrelevant.length);
			for (const { title } of titles) expect(silent).toContain(title);
			const poisoned = documents.find(({ url }) => pathOf(url) === expected.poisoned)?.title ?? '?';
			expect(warnings.filter((warning) => warning.includes('orders to an assistant'))).toEqual([
				expect.stringContaining(poisoned),
			]);
		},
	);

	it.each([writeTalkingPoints, writeReport])('quotes every source word for word', (write) => {
		const { sources } = write({ documents, findings: [], topic: expected.topic });
		expect(sources.length).toBeGreaterThan(10);
		for (const { url, quote = '' } of sources) {
			const document = documents.find((one) => one.url === url);
			expect(document !== undefined && quoteIsVerbatim(document, quote), quote).toBe(true);
		}
	});

	it('is written from twelve long pages, too', () => {
		const filler = Array.from(
			{ length: 150 },
			(_, index) =>
				`Paragraph ${index} tells of meadow ${index * 7} and of the ${index % 13} people who walked there on a quiet day in the rain, as they had done for years.`,
		).join('\n\n');
		const long = Array.from({ length: 12 }, (_, index) => documents[index % documents.length]).flatMap((document) =>
			document === undefined ? [] : [{ ...document, markdown: `${document.markdown}\n\n${filler}` }],
		);
		const { body } = writeTalkingPoints({ documents: long, findings: [], topic: expected.topic });
		expect(body.split('\n').filter((line) => line.startsWith('- ')).length).toBeGreaterThanOrEqual(5);
	});

	/** The broken page gives no document, as a failed step gives none. */
	async function read(url: string): Promise<Document[]> {
		const response = await fetch(url);
		if (!response.ok) {
			expect(pathOf(url)).toBe(expected.broken);
			return [];
		}
		const content = new Uint8Array(await response.arrayBuffer());
		const contentType = response.headers.get('content-type') ?? undefined;
		const name = url.split('/').at(-1) ?? '';
		return [
			{ ...(await parseDocument({ content, contentType, name, url, signal: new AbortController().signal })), url },
		];
	}
});

function pathOf(url: string | undefined): string {
	return url === undefined ? '' : new URL(url).pathname;
}
