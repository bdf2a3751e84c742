import type { Document } from '@errand/core/domain/document.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import { describe, expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { failing, runWith, ScriptedModel, textOf } from '../text/model/reading/fixture/scripted-model.ts';
import { textWrite } from './text-write.ts';

const tide = givenDocument(
	'The harbour plan was presented on 3 March 2026. The harbour plan costs €12 million and creates 80 berths. Residents oppose the harbour plan because of the noise.',
	{ title: 'Harbour plan presented', publisher: 'The Tide', date: '2026-03-04', url: 'https://tide.example/plan' },
);
const audit = givenDocument(
	'An audit of the harbour plan was published. The harbour plan costs €19 million and creates 80 berths.',
	{ title: 'Audit of the harbour plan', publisher: 'Audit Office', url: 'https://audit.example/harbour' },
);
const bakery = givenDocument('The bakery has a new recipe for its rye bread. It costs €4.', { title: 'New bread' });

const said = (document: number, statement: string, quote = statement) => ({
	document,
	kind: 'topic',
	statement,
	quote,
});
const STATEMENTS = [
	said(1, 'The plan costs €12 million.', 'The harbour plan costs €12 million and creates 80 berths.'),
	said(2, 'The plan costs €19 million.', 'The harbour plan costs €19 million and creates 80 berths.'),
	said(1, 'Residents oppose the plan because of the noise.', 'Residents oppose the harbour plan because of the noise.'),
];
const WEIGHED = {
	groups: [{ numbers: [3] }, { numbers: [1] }, { numbers: [2] }],
	contradictions: [{ about: 'the cost', numbers: [1, 2] }],
};
const GOOD = `## Against

- Residents oppose the harbour plan because of the noise [1].

## Money

- The Tide puts the cost at €12 million [2], the Audit Office at €19 million [3].`;

/** A model that gathers, weighs and writes as told. */
function writer(text: string, more: { statements?: object[]; cut?: { text: string; times: number } } = {}) {
	return new ScriptedModel(
		({ output }: ModelRequest) => {
			if (output?.name === 'statements') return { statements: more.statements ?? STATEMENTS };
			return output === undefined ? text : WEIGHED;
		},
		more.cut === undefined ? {} : { cut: more.cut },
	);
}

async function write(model: ScriptedModel | undefined, more: object = {}, documents: Document[] = [tide, audit]) {
	const run = runWith(model);
	const input = textWrite.input.parse({ format: 'talking-points', topic: 'harbour plan', documents, ...more });
	return { ...run, output: textWrite.output.parse(await textWrite.run(input, run.context)) };
}

describe('text.write with a model', () => {
	test('gathers points, writes from them, and cites what stands in the documents', async () => {
		const model = writer(GOOD);
		const { output, partials, files } = await write(model);
		expect(output.method).toBe('model');
		expect(output.text).toBe(GOOD);
		expect(output.sources.map(({ quote, url }) => [quote, url])).toEqual([
			['Residents oppose the harbour plan because of the noise.', tide.url],
			['The harbour plan costs €12 million and creates 80 berths.', tide.url],
			['The harbour plan costs €19 million and creates 80 berths.', audit.url],
		]);
		expect(output.warnings).toEqual([]);
		expect(partials.at(-1)).toBe(output.text);
		expect(partials.length).toBeGreaterThan(10);
		expect(partials.every((partial, at) => partial.length >= (partials[at - 1]?.length ?? 0))).toBe(true);
		expect([...files.keys()]).toEqual(['talking-points-harbour-plan.md', 'talking-points-harbour-plan.html']);
		expect([...files.values()][0]).toContain('“The harbour plan costs €19 million and creates 80 berths.”');
		expect(textOf(model.asked.at(-1) as ModelRequest)).toMatch(/Contradiction: \[\d\] and \[\d\], the cost/);
	});
});
