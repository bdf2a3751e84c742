import { expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { runWith } from '../text/fixture/run-with.ts';
import { textWrite } from './text-write.ts';

const source = givenDocument(
	'The ferry plan was approved on 3 March 2026. The ferry plan costs €12 million.\n\n<script>alert(1)</script> The ferry plan is praised by the [press](javascript:alert(1)) ![x](https://evil.example/x.png) of the ferry town.',
	{ title: 'Ferry <b>plan</b>', url: 'https://tide.example/plan' },
);

test('keeps a report as Markdown with its quotes and as a page that opens by itself', async () => {
	const { context, files } = runWith();
	const input = textWrite.input.parse({ format: 'report', topic: 'ferry plan', documents: [source] });
	const { artifacts, text } = await textWrite.run(input, context);
	expect(artifacts.map(({ name, type }) => [name, type])).toEqual([
		['ferry-plan.md', 'text/markdown'],
		['ferry-plan.html', 'text/html'],
	]);
	const markdown = files.get('ferry-plan.md') ?? '';
	expect(markdown.startsWith('# Ferry plan\n')).toBe(true);
	expect(markdown).toContain(text);
	expect(markdown).toContain('<https://tide.example/plan>: “The ferry plan costs €12 million.”');
	const html = files.get('ferry-plan.html') ?? '';
	expect(html).toContain('<a href="https://tide.example/plan"');
	expect(html).toContain("default-src 'none'");
	expect(html).not.toMatch(/<(?:script|img|b|iframe)\b|href="javascript/i);
});

test('keeps an e-mail as its bare text', async () => {
	const { context, files } = runWith();
	const input = textWrite.input.parse({ format: 'email', title: 'The ferry', documents: [source] });
	const { text } = await textWrite.run(input, context);
	expect([...files]).toEqual([['the-ferry.md', `${text}\n`]]);
});

test('takes the output of any earlier step as a finding, and wants something to write from', () => {
	const findings = [
		{ text: 'Said.', method: 'rules', items: [1], answers: [{ question: 'Which?', answer: { choice: 'B' } }] },
	];
	expect(textWrite.input.safeParse({ format: 'report', findings }).success).toBe(true);
	expect(textWrite.input.safeParse({ format: 'report' }).success).toBe(false);
});
